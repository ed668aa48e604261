using Mailflow.Ledger;

namespace Mailflow.Tests.Ledger;

/// <summary>What the maintenance of a store does between commits, done at once.</summary>
static class Upkeep
{
    /// <summary>Deletes what is too old or too much.</summary>
    /// <returns>Events deleted.</returns>
    public static int Prune(this Store store, DateTimeOffset now, TimeSpan keep, long maxBytes, DateTimeOffset? newest = null)
    {
        var (deleted, part) = (0, 0);
        var (hourAgo, old) = (now.AddHours(-1).ToUnixTimeMilliseconds(), ((newest ?? now) - keep).ToUnixTimeMilliseconds());
        while ((part = store.Events.DeleteOldest(store.Bytes() > maxBytes ? hourAgo : Math.Min(hourAgo, old))) > 0)
            deleted += part;
        while (store.ForgetQuarantine() > 0)
        {
        }

        _ = store.Replies.Sweep(old).Count();
        return deleted;
    }

    /// <summary>Adds up all hours that have events.</summary>
    public static void AddUpHours(this Store store)
    {
        using var building = new HourBuilding(store);
        store.Events.TakeChanged();
        while (building.Next(long.MaxValue / HourSums.Length, new HashSet<long>()) is { Count: > 0 } hours)
            store.Events.Seal(hours);
    }
}
