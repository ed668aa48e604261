using Mailflow.Ledger;

namespace Mailflow.Tests.Ledger;

/// <summary>Runs the store's maintenance at once, instead of between commits.</summary>
static class Upkeep
{
    /// <summary>Deletes rows beyond the age and size limits.</summary>
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

    /// <summary>Sums all hours that have events.</summary>
    public static void AddUpHours(this Store store)
    {
        using var building = new HourBuilding(store);
        store.Events.TakeChanged();
        while (building.Next(long.MaxValue / HourSums.Length, new HashSet<long>()) is { Count: > 0 } hours)
            store.Events.Seal(hours);
    }
}
