namespace Mailflow.Tests.Ship;

/// <summary>Events of a test that can be awaited one by one.</summary>
sealed class Happenings<T>
{
    readonly Lock _lock = new();
    readonly List<T> _all = [];
    readonly List<(Func<T, bool> Wanted, TaskCompletionSource<T> Source)> _waiting = [];
    readonly List<T> _unseen = [];

    public IReadOnlyList<T> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    public void Add(T item)
    {
        lock (_lock)
        {
            _all.Add(item);
            var waiter = _waiting.FindIndex(w => w.Wanted(item));
            if (waiter < 0)
            {
                _unseen.Add(item);
                return;
            }

            _waiting[waiter].Source.SetResult(item);
            _waiting.RemoveAt(waiter);
        }
    }

    /// <summary>The first one that was not awaited yet.</summary>
    public Task<T> NextAsync(Func<T, bool> wanted)
    {
        lock (_lock)
        {
            var found = _unseen.FindIndex(i => wanted(i));
            if (found >= 0)
            {
                var item = _unseen[found];
                _unseen.RemoveAt(found);
                return Task.FromResult(item);
            }

            var source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, source));
            return source.Task.Soon();
        }
    }
}
