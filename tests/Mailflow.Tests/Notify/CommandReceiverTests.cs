using Mailflow.Notify;
using Mailflow.Privacy;
using Mailflow.Ship;
using Mailflow.Tests.Ship;

namespace Mailflow.Tests.Notify;

public sealed class CommandReceiverTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("mailflow-command-").FullName;
    readonly TestClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Task<SinkAnswer> SendAsync(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The test's program is a shell script.");
        var program = Path.Combine(_folder, "tell.sh");
        File.WriteAllText(program, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var notification = TestNotification.Of(_clock.GetUtcNow(), Masking.Default, null);
        return new CommandReceiver(program, _clock).SendAsync(notification, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Child_in_the_background_does_not_delay_the_answer()
    {
        var sending = SendAsync("sleep 60 & exit 0");
        await _clock.WaitAsync(CommandReceiver.OutputWait, CommandReceiver.OutputWait);
        _clock.Advance(CommandReceiver.OutputWait);
        Assert.Equal(SinkAnswer.Taken, await sending.Soon());
    }

    [Fact]
    public async Task Exit_code_other_than_0_is_tried_again() => Assert.Equal(new(SinkOutcome.Later, "exit code 3"), await SendAsync("exit 3").Soon());
}
