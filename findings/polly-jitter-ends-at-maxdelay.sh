#!/bin/bash
# Package: Polly.Core 8.9.1 (.NET 10). Needs the .NET 10 SDK.
# Expected: exponential delays with UseJitter and a MaxDelay of one minute keep programs apart that lost the same server together: they
#   come back spread over the minute, above all after a long outage. Each delay is longer than the one before.
# Happens: the jitter is added first, then MaxDelay cuts. Of the eighth delays (base 1 s) half are exactly 60 s, of the tenth 97 in 100:
#   after some five minutes nearly all programs wait the same time, and the distance between them no longer changes. Linear delays end in
#   the same way. Of constant delays with MaxDelay equal to Delay, half have no jitter. One in four of the second to fifth exponential
#   delays is shorter than the one before.
# For users: senders on many servers (events to Seq, OTLP) that lost their server at one moment return to it at one moment. Mailflow's
#   DelayGenerator gives the longest delay a jitter of its own (src/Mailflow/Ship/SinkRetry.cs).
# Source: measured.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
cat > t.csproj <<'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Polly.Core" Version="[8.9.1]" /></ItemGroup>
</Project>
P
cat > Program.cs <<'P'
using Polly;
using Polly.Retry;
const int Programs = 1000;
async Task<List<double[]>> Delays(DelayBackoffType type, TimeSpan delay, TimeSpan most, int tries)
{
    var all = new List<double[]>();
    for (var i = 0; i < Programs; i++)
    {
        var delays = new List<double>();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = new NoWaiting() }.AddRetry(new RetryStrategyOptions
        {
            BackoffType = type, UseJitter = true, Delay = delay, MaxDelay = most, MaxRetryAttempts = tries, ShouldHandle = _ => new(true),
            OnRetry = a => { delays.Add(a.RetryDelay.TotalSeconds); return default; },
        }).Build();
        await pipeline.ExecuteAsync(_ => ValueTask.CompletedTask);
        all.Add([.. delays]);
    }
    return all;
}
string Share(IEnumerable<double> delays) => delays.Average(d => d == 60 ? 1.0 : 0) switch
{
    1 => "all",
    > 0.95 => "more than 95 in 100",
    > 0.45 and < 0.65 => "about half",
    0 => "none",
    var other => $"{other}",
};
var minute = TimeSpan.FromSeconds(60);
var exponential = await Delays(DelayBackoffType.Exponential, TimeSpan.FromSeconds(1), minute, 10);
foreach (var n in new[] { 5, 8, 10 })
    Console.WriteLine($"exponential from 1 s, delay {n}: {Share(exponential.Select(d => d[n - 1]))} exactly 60 s");
var shorter = exponential.SelectMany(d => d.Take(4).Zip(d.Skip(1), (a, b) => b < a ? 1.0 : 0)).Average();
Console.WriteLine($"exponential, delays 2 to 5: {(shorter is > 0.2 and < 0.3 ? "one in four" : $"{shorter}")} shorter than the one before");
var linear = await Delays(DelayBackoffType.Linear, TimeSpan.FromSeconds(10), minute, 10);
Console.WriteLine($"linear from 10 s, delay 10: {Share(linear.Select(d => d[9]))} exactly 60 s");
var constant = await Delays(DelayBackoffType.Constant, minute, minute, 5);
Console.WriteLine($"constant, 60 s: {Share(constant.SelectMany(d => d))} exactly 60 s");
sealed class NoWaiting : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object state, TimeSpan dueTime, TimeSpan period)
    {
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return new Timer();
    }
    sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;
        public void Dispose() { }
        public ValueTask DisposeAsync() => default;
    }
}
P
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet run -c Release > out.txt 2> err.txt || { cat out.txt err.txt; exit 1; }
cat out.txt
cat > expected.txt <<'P'
exponential from 1 s, delay 5: none exactly 60 s
exponential from 1 s, delay 8: about half exactly 60 s
exponential from 1 s, delay 10: more than 95 in 100 exactly 60 s
exponential, delays 2 to 5: one in four shorter than the one before
linear from 10 s, delay 10: all exactly 60 s
constant, 60 s: about half exactly 60 s
P
diff out.txt expected.txt
