using BenchmarkDotNet.Running;
using Mailflow.Bench;

BenchmarkSwitcher.FromAssembly(typeof(TrackingBench).Assembly).Run(args);
