using Mailflow.Pipeline;

namespace Mailflow.Tests;

public sealed class StagesTests
{
    [Fact]
    public async Task What_failed_is_told_also_while_another_stage_hangs()
    {
        var hanging = new TaskCompletionSource();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Stages.AllAsync(hanging.Task, Task.FromException(new InvalidOperationException("the store is gone")), Task.FromCanceled(new(canceled: true)))
                .Soon());
        Assert.Equal("the store is gone", fault.Message);
    }

    [Fact]
    public async Task All_are_waited_for_and_what_failed_first_in_order_is_told()
    {
        var last = new TaskCompletionSource();
        var all = Stages.AllAsync(Task.CompletedTask, last.Task, Task.CompletedTask);
        Assert.False(all.IsCompleted);
        last.SetException(new IOException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => all)).Message);
    }
}
