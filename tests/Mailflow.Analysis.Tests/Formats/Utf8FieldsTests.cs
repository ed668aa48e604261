using System.Globalization;
using System.Text;
using Mailflow.Analysis.Formats;

namespace Mailflow.Analysis.Tests.Formats;

public sealed class Utf8FieldsTests
{
    [Fact]
    public void Cached_date_is_not_used_for_rows_of_other_days()
    {
        var day = default(Utf8Fields.LastDay);
        foreach (var (text, expected) in new (string, string?)[]
        {
            ("2026-01-05T23:59:59.999Z", "2026-01-05 23:59:59.999"),
            ("2026-01-06T00:00:00.000Z", "2026-01-06 00:00:00.000"),
            ("2026-02-30T00:00:00.000Z", null),
            ("2026-01-06T24:00:00.000Z", null),
            ("2026-01-06T10:00:00Z", "2026-01-06 10:00:00.000"),
            ("2026-01-06 10:00:00.1", "2026-01-06 10:00:00.100"),
            ("2024-02-29T08:00:00.5Z", "2024-02-29 08:00:00.500"),
            ("2025-02-29T08:00:00.5Z", null),
            ("2024/02/29T08:00:00.5Z", null),
            ("0000-01-01T00:00:00.0Z", null),
            ("2026-01-06T10:00", null),
            ("2026-01-06T10:00:00.1234567Z", "2026-01-06 10:00:00.123"),
            ("2026-01-06T10:00:00.000+02:00", "2026-01-06 08:00:00.000"),
            ("2026-01-06T23:00:00-0130", "2026-01-07 00:30:00.000"),
            ("2026-01-06T10:00:00.000+15:00", null),
            ("2026-01-06T10:00:00.000+2:00", null),
            ("2026-01-06T10:00:00.000+02:00Z", null),
            ("0001-01-01T00:00:00+01:00", null),
            ("9999-12-31T23:59:59-01:00", null),
            ("2026-01-06T10:00:00.000ZZZ", null),
            ("2026-01-06T10:00:00.000 ", null),
            ("2026-01-06T10:00:00.Z", null),
            ("2026-01-06T10:00:00x", null),
        })
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var read = Utf8Fields.TryTimestamp(bytes, ref day, out var time);
            Assert.Equal((text, expected), (text, read ? time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture) : null));
            Assert.Equal((read, time), (Utf8Fields.TryTimestamp(bytes, out var alone), alone));
        }
    }
}
