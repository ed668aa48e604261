using System.Text;
using Mailflow.Analysis.Failures;

namespace Mailflow.Analysis.Tests.Failures;

public sealed class DiagnosisCacheTests
{
    [Fact]
    public void Cache_returns_the_same_diagnosis_for_the_same_text()
    {
        var cache = new DiagnosisCache(10);
        var first = cache.Get("550 5.1.1 User unknown");
        Assert.Same(first, cache.Get("550 5.1.1 User unknown"u8));
        Assert.Equal(Cause.InvalidRecipient, first.Cause);
    }

    [Fact]
    public void Cache_hit_does_not_allocate()
    {
        var cache = new DiagnosisCache(100);
        var texts = Enumerable.Range(0, 20).Select(i => Encoding.UTF8.GetBytes($"550 5.2.2 Mailbox full ({i})")).ToArray();
        foreach (var text in texts)
            cache.Get(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            foreach (var text in texts)
                cache.Get(text);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Cache_never_exceeds_its_capacity()
    {
        var cache = new DiagnosisCache(50);
        for (var i = 0; i < 1000; i++)
        {
            cache.Get($"451 4.7.1 Try again in {i} seconds");
            Assert.InRange(cache.Count, 1, 50);
        }
    }

    [Fact]
    public void Cache_keeps_frequently_used_texts()
    {
        var cache = new DiagnosisCache(20);
        var kept = cache.Get("550 5.1.1 User unknown");
        for (var i = 0; i < 200; i++)
        {
            cache.Get($"451 4.7.1 Try again in {i} seconds");
            Assert.Same(kept, cache.Get("550 5.1.1 User unknown"));
        }
    }

    [Fact]
    public void Cache_accepts_invalid_utf8() => Assert.NotNull(new DiagnosisCache(4).Get([0xff, 0xfe, 0x00, 0xc3]));
}
