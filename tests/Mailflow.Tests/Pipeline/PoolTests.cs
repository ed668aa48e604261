using System.Text;
using CsCheck;
using Mailflow.Analysis.Failures;
using Mailflow.Analysis.Messages;
using Mailflow.Pipeline;
using Mailflow.Tests.Ledger;

namespace Mailflow.Tests;

/// <summary>The data in flight is bounded in bytes.</summary>
public sealed class PoolTests
{
    const int Megabyte = 1 << 20;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Delta_waits_for_room_in_the_pool()
    {
        using var pool = new DeltaPool(10, 4 * Megabyte);
        var (first, second) = (await HoldingAsync(pool, 3 * Megabyte), await HoldingAsync(pool, 2 * Megabyte));
        await pool.AdmitAsync(first, Cancel);
        var waits = pool.AdmitAsync(second, Cancel).AsTask();
        Assert.False(waits.IsCompleted);
        // A small one does not wait behind others.
        await pool.AdmitAsync(LedgerBed.Rows(await pool.RentAsync(Cancel)), Cancel);
        pool.Return(first);
        await waits.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.InRange(second.Bytes, 2 * Megabyte, 3 * Megabyte);
    }

    [Fact]
    public async Task Delta_larger_than_the_pool_passes_alone()
    {
        using var pool = new DeltaPool(10, 4 * Megabyte);
        var large = await HoldingAsync(pool, 9 * Megabyte);
        await pool.AdmitAsync(large, Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var other = pool.AdmitAsync(await HoldingAsync(pool, Megabyte), Cancel).AsTask();
        Assert.False(other.IsCompleted);
        pool.Return(large);
        await other.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        using var abort = new CancellationTokenSource();
        var second = pool.AdmitAsync(await HoldingAsync(pool, 9 * Megabyte), abort.Token).AsTask();
        Assert.False(second.IsCompleted);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Large_buffers_are_limited_and_reused()
    {
        using var pool = new BlockPool(Megabyte);
        var out1 = await pool.RentAsync(4 * Megabyte, Cancel);
        byte[][] others = [await pool.RentAsync(4 * Megabyte, Cancel), await pool.RentAsync(4 * Megabyte, Cancel)];
        var waits = pool.RentAsync(Megabyte, Cancel).AsTask();
        Assert.False(waits.IsCompleted);
        // Ordinary buffers do not wait for them.
        var ordinary = await pool.RentAsync(1, Cancel);
        Assert.Equal(pool.Size, ordinary.Length);
        pool.Return(out1);
        Assert.Same(out1, await waits.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        pool.Return(out1);
        foreach (var other in others)
            pool.Return(other);
        pool.Return(ordinary);
        Assert.Same(ordinary, await pool.RentAsync(pool.Size, Cancel));
    }

    [Fact]
    public void UTF_16_transcoded_in_pieces_equals_transcoding_at_once() =>
        (from text in Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u0000', '\uFFFF']), 0, 40_000] from big in Gen.Bool select (text, big)).Sample(
            x =>
            {
                var encoding = x.big ? Encoding.BigEndianUnicode : Encoding.Unicode;
                var bytes = new byte[x.text.Length * 2];
                // Unchanged, also half surrogate pairs.
                for (var i = 0; i < x.text.Length; i++)
                    (bytes[(2 * i) + (x.big ? 1 : 0)], bytes[(2 * i) + (x.big ? 0 : 1)]) = ((byte)x.text[i], (byte)(x.text[i] >> 8));
                byte[] utf8 = [];
                var length = Transcoding.ToUtf8(bytes, x.big ? TextEncoding.Utf16BigEndian : TextEncoding.Utf16LittleEndian, ref utf8);
                Assert.Equal(encoding.GetString(bytes), Encoding.UTF8.GetString(utf8, 0, length));
            },
            iter: 200);

    static async Task<RowDelta> HoldingAsync(DeltaPool pool, int bytes)
    {
        var delta = LedgerBed.Rows(await pool.RentAsync(Cancel));
        var diagnosis = Diagnosis.Of(new string('x', KeptText.Status));
        for (; delta.Measure() < bytes; diagnosis = diagnosis with { })
            for (var i = 0; i < 10; i++)
                delta.Tally.Failures.Add(
                    new(false, default, "SMTP", Direction.Incoming, "r@a.example", "s@b.example", "<m>", "n", "Out", "", diagnosis with { }, i, 0));
        return delta;
    }
}
