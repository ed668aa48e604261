using Mailflow.Pipeline;

namespace Mailflow.Tests;

public sealed class StagesTests
{
    [Fact]
    public async Task Stage_failure_is_reported_while_another_hangs()
    {
        var hanging = new TaskCompletionSource();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Stages.AllAsync(hanging.Task, Task.FromException(new InvalidOperationException("the store is gone")), Task.FromCanceled(new(canceled: true)))
                .Soon());
        Assert.Equal("the store is gone", fault.Message);
    }

    [Fact]
    public async Task All_stages_are_awaited_and_the_first_failure_reported()
    {
        var last = new TaskCompletionSource();
        var all = Stages.AllAsync(Task.CompletedTask, last.Task, Task.CompletedTask);
        Assert.False(all.IsCompleted);
        last.SetException(new IOException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => all)).Message);
    }
}
