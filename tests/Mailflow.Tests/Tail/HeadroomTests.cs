using Mailflow.Tail;

namespace Mailflow.Tests.Tail;

/// <summary>How long Exchange keeps unread data: by age, and by the bytes appended.</summary>
public sealed class HeadroomTests
{
    const long MB = 1 << 20;

    static readonly DateTime Start = new(2024, 5, 6, 12, 0, 0, DateTimeKind.Utc);

    readonly LogFolder _folder = new(new(), "/logs", "");
    DateTime _now = Start;
    int _number;

    [Fact]
    public void Headroom_of_a_full_folder_is_the_time_until_deletion()
    {
        // 100 files of 10 MB, one per minute: the folder is at its limit and does not grow.
        for (var i = 100; i > 0; i--)
            Add("MSGTRK", 10 * MB, Start.AddMinutes(-i));
        Begin();
        for (var minute = 0; minute <= 120; minute++)
        {
            // The oldest, a middle and the newest file.
            Assert.InRange(Headroom(0), TimeSpan.Zero, TimeSpan.FromMinutes(1));
            Assert.InRange(Headroom(50), TimeSpan.FromMinutes(48), TimeSpan.FromMinutes(53));
            Assert.InRange(Headroom(90), TimeSpan.FromMinutes(87), TimeSpan.FromMinutes(95));
            _now = _now.AddMinutes(1);
            _folder.Files.Remove(InOrder().First().FileName);
            Add("MSGTRK", 10 * MB, _now).Series!.Append(10 * MB, _now);
        }

        TimeSpan Headroom(int file) =>
            ExchangeRetention.Headroom(InOrder().Skip(file).Where(f => _now - f.LastWrite > ExchangeRetention.Patience), _now)!.Value;
    }

    [Fact]
    public void Headroom_ignores_files_that_waited_less_than_two_minutes()
    {
        for (var i = 100; i > 0; i--)
            Add("MSGTRK", 10 * MB, Start.AddMinutes(-i));
        Begin();
        var file = Add("MSGTRK", MB, _now);
        file.PendingSince = _now;
        Assert.Null(ExchangeRetention.Headroom([file], _now.AddSeconds(60)));
        Assert.NotNull(ExchangeRetention.Headroom([file], _now.AddSeconds(120)));
        file.AtEnd = true;
        Assert.Null(ExchangeRetention.Headroom([file], _now.AddSeconds(120)));
    }

    [Fact]
    public void Headroom_of_an_idle_folder_is_limited_by_age()
    {
        Add("MSGTRK", 10 * MB, Start.AddDays(-20));
        Begin();
        Assert.Equal(TimeSpan.FromDays(10), ExchangeRetention.Headroom(InOrder(), _now)!.Value);
    }

    [Fact]
    public void Headroom_is_computed_per_log_family_with_its_own_limit()
    {
        for (var i = 20; i > 0; i--)
        {
            Add("MSGTRK", 10 * MB, Start.AddMinutes(-i));
            Add("SEND", 10 * MB, Start.AddMinutes(-i));
        }

        Begin();
        Assert.InRange(
            ExchangeRetention.Headroom(InOrder().Where(f => f.Series!.Prefix == "MSGTRK"), _now)!.Value,
            TimeSpan.FromMinutes(75), TimeSpan.FromMinutes(85));
        Assert.InRange(ExchangeRetention.Headroom(InOrder(), _now)!.Value, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(6));
    }

    List<LogFile> InOrder() => [.. _folder.Files.Values.OrderBy(f => f.LastWrite)];

    LogFile Add(string prefix, long size, DateTime lastWrite)
    {
        var name = $"{prefix}2024050612-{_number++}.LOG";
        var file = new LogFile(_folder, name) { Series = _folder.SeriesOf(name), Size = size, LastWrite = lastWrite, PendingSince = lastWrite };
        _folder.Files.Add(name, file);
        return file;
    }

    void Begin()
    {
        foreach (var series in _folder.Series)
            series.Start(_folder.Files.Values.Where(f => f.Series == series), _now);
    }
}
