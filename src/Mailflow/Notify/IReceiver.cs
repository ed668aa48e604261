using Mailflow.Ship;

namespace Mailflow.Notify;

/// <summary>Accepts notifications. It may throw; the reaction is decided in <see cref="Notifier"/>.</summary>
interface IReceiver
{
    /// <summary>The key of its cursor in the store, and its label in metrics.</summary>
    string Name { get; }

    /// <summary>Where notifications go, for display, without secrets.</summary>
    string Target { get; }

    /// <summary>Sends one. Having taken it means that the receiver has it.</summary>
    Task<SinkAnswer> SendAsync(Notification notification, CancellationToken abort);
}
