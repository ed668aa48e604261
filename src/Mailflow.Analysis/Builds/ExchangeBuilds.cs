using System.Collections.Frozen;
using System.Globalization;

namespace Mailflow.Analysis.Builds;

/// <summary>
/// THE table of Exchange builds. Sources and what they leave open: docs/builds.md. A newer table needs a row here, a day in <see cref="Days"/>, and
/// the date in <see cref="KnownUntil"/>.
/// </summary>
public static class ExchangeBuilds
{
    /// <summary>The day of the newest source. What was released later is not in the table.</summary>
    public static DateTime KnownUntil { get; } = new(2026, 10, 8, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Security updates that were released earlier are not in Microsoft's table.</summary>
    public static DateTime CompleteSince { get; } = new(2021, 3, 2, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Microsoft's own table.</summary>
    public const string Page = "https://learn.microsoft.com/exchange/new-features/build-numbers-and-release-dates";

    /// <summary>When the security updates (SU) and hotfix updates (HU) were released: on the same day for all products.</summary>
    static readonly FrozenDictionary<string, DateTime> Days = Words(
        """
        Mar21SU 2021-03-02, Apr21SU 2021-04-13, May21SU 2021-05-11, Jul21SU 2021-07-13, Oct21SU 2021-10-12, Nov21SU 2021-11-09,
        Jan22SU 2022-01-11, Mar22SU 2022-03-08, May22SU 2022-05-10, Aug22SU 2022-08-09, Oct22SU 2022-10-11, Nov22SU 2022-11-08,
        Jan23SU 2023-01-10, Feb23SU 2023-02-14, Mar23SU 2023-03-14, Jun23SU 2023-06-13, Aug23SU 2023-08-08, Aug23SUv2 2023-08-15,
        Oct23SU 2023-10-10, Nov23SU 2023-11-14, Mar24SU 2024-03-12, Apr24HU 2024-04-23, Nov24SU 2024-11-12, Nov24SUv2 2024-11-27,
        Apr25HU 2025-04-18, May25HU 2025-05-29, Aug25SU 2025-08-12, Sep25HU 2025-09-08, Oct25SU 2025-10-14, Dec25SU 2025-12-09,
        Feb26SU 2026-02-10, May26HU 2026-05-07, Jun26SU 2026-06-09, Jul26SU 2026-07-14, Aug26SU 2026-08-11, Sep26SU 2026-09-08,
        Sep26SUv2 2026-10-02
        """).ToFrozenDictionary(w => w.Name, w => Day(w.Value));

    // Logs of 2007 and 2010 do not name the update.
    public static ExchangeProduct Exchange2007 { get; } = new("Exchange Server 2007", Day("2017-04-11"), []);

    public static ExchangeProduct Exchange2010 { get; } = new("Exchange Server 2010", Day("2020-10-13"), []);

    public static ExchangeProduct Exchange2013 { get; } = new("Exchange Server 2013", Day("2023-04-11"),
    [
        Level("RTM", 15, 0, 516, 32, "2012-12-03"),
        Level("CU1", 15, 0, 620, 29, "2013-04-02"),
        Level("CU2", 15, 0, 712, 24, "2013-07-09"),
        Level("CU3", 15, 0, 775, 38, "2013-11-25"),
        Level("SP1", 15, 0, 847, 32, "2014-02-25", "Mar21SU 64"),
        Level("CU5", 15, 0, 913, 22, "2014-05-27"),
        Level("CU6", 15, 0, 995, 29, "2014-08-26"),
        Level("CU7", 15, 0, 1044, 25, "2014-12-09"),
        Level("CU8", 15, 0, 1076, 9, "2015-03-17"),
        Level("CU9", 15, 0, 1104, 5, "2015-06-17"),
        Level("CU10", 15, 0, 1130, 7, "2015-09-15"),
        Level("CU11", 15, 0, 1156, 6, "2015-12-15"),
        Level("CU12", 15, 0, 1178, 4, "2016-03-15"),
        Level("CU13", 15, 0, 1210, 3, "2016-06-21"),
        Level("CU14", 15, 0, 1236, 3, "2016-09-20"),
        Level("CU15", 15, 0, 1263, 5, "2016-12-13"),
        Level("CU16", 15, 0, 1293, 2, "2017-03-21"),
        Level("CU17", 15, 0, 1320, 4, "2017-06-27"),
        Level("CU18", 15, 0, 1347, 2, "2017-09-19"),
        Level("CU19", 15, 0, 1365, 1, "2017-12-19"),
        Level("CU20", 15, 0, 1367, 3, "2018-03-20"),
        Level("CU21", 15, 0, 1395, 4, "2018-06-19", "Mar21SU 12"),
        Level("CU22", 15, 0, 1473, 3, "2019-02-12", "Mar21SU 6"),
        Level("CU23", 15, 0, 1497, 2, "2019-06-18",
            """
            Mar21SU 12, Apr21SU 15, May21SU 18, Jul21SU 23, Oct21SU 24, Nov21SU 26, Jan22SU 28, Mar22SU 33, May22SU 36, Aug22SU 40, Oct22SU 42,
            Nov22SU 44, Jan23SU 45, Feb23SU 47, Mar23SU 48
            """),
    ]);

    public static ExchangeProduct Exchange2016 { get; } = new("Exchange Server 2016", Day("2025-10-14"),
    [
        Level("RTM", 15, 1, 225, 42, "2015-10-01"),
        Level("CU1", 15, 1, 396, 30, "2016-03-15"),
        Level("CU2", 15, 1, 466, 34, "2016-06-21"),
        Level("CU3", 15, 1, 544, 27, "2016-09-20"),
        Level("CU4", 15, 1, 669, 32, "2016-12-13"),
        Level("CU5", 15, 1, 845, 34, "2017-03-21"),
        Level("CU6", 15, 1, 1034, 26, "2017-06-27"),
        Level("CU7", 15, 1, 1261, 35, "2017-09-19"),
        Level("CU8", 15, 1, 1415, 2, "2017-12-19", "Mar21SU 10"),
        Level("CU9", 15, 1, 1466, 3, "2018-03-20", "Mar21SU 16"),
        Level("CU10", 15, 1, 1531, 3, "2018-06-19", "Mar21SU 12"),
        Level("CU11", 15, 1, 1591, 10, "2018-10-16", "Mar21SU 18"),
        Level("CU12", 15, 1, 1713, 5, "2019-02-12", "Mar21SU 10"),
        Level("CU13", 15, 1, 1779, 2, "2019-06-18", "Mar21SU 8"),
        Level("CU14", 15, 1, 1847, 3, "2019-09-17", "Mar21SU 12"),
        Level("CU15", 15, 1, 1913, 5, "2019-12-17", "Mar21SU 12"),
        Level("CU16", 15, 1, 1979, 3, "2020-03-17", "Mar21SU 8"),
        Level("CU17", 15, 1, 2044, 4, "2020-06-16", "Mar21SU 13"),
        Level("CU18", 15, 1, 2106, 2, "2020-09-15", "Mar21SU 13"),
        Level("CU19", 15, 1, 2176, 2, "2020-12-15", "Mar21SU 9, Apr21SU 12, May21SU 14"),
        Level("CU20", 15, 1, 2242, 4, "2021-03-16", "Apr21SU 8, May21SU 10, Jul21SU 12"),
        Level("CU21", 15, 1, 2308, 8, "2021-06-29", "Jul21SU 14, Oct21SU 15, Nov21SU 20, Jan22SU 21, Mar22SU 27"),
        Level("CU22", 15, 1, 2375, 7, "2021-09-28",
            "Oct21SU 12, Nov21SU 17, Jan22SU 18, Mar22SU 24, May22SU 28, Aug22SU 31, Oct22SU 32, Nov22SU 37"),
        Level("CU23", 15, 1, 2507, 6, "2022-04-20",
            """
            May22SU 9, Aug22SU 12, Oct22SU 13, Nov22SU 16, Jan23SU 17, Feb23SU 21, Mar23SU 23, Jun23SU 27, Aug23SU 31, Aug23SUv2 32, Oct23SU 34,
            Nov23SU 35, Mar24SU 37, Apr24HU 39, Nov24SU 43, Nov24SUv2 44, Apr25HU 55, May25HU 57, Aug25SU 58, Sep25HU 59, Oct25SU 61, Dec25SU 63,
            Feb26SU 66, Jun26SU 69, Jul26SU 71, Aug26SU 72, Sep26SU 73, Sep26SUv2 75
            """),
    ]);

    public static ExchangeProduct Exchange2019 { get; } = new("Exchange Server 2019", Day("2025-10-14"),
    [
        Level("RTM", 15, 2, 221, 12, "2018-10-22", "Mar21SU 18"),
        Level("CU1", 15, 2, 330, 5, "2019-02-12", "Mar21SU 11"),
        Level("CU2", 15, 2, 397, 3, "2019-06-18", "Mar21SU 11"),
        Level("CU3", 15, 2, 464, 5, "2019-09-17", "Mar21SU 15"),
        Level("CU4", 15, 2, 529, 5, "2019-12-17", "Mar21SU 13"),
        Level("CU5", 15, 2, 595, 3, "2020-03-17", "Mar21SU 8"),
        Level("CU6", 15, 2, 659, 4, "2020-06-16", "Mar21SU 12"),
        Level("CU7", 15, 2, 721, 2, "2020-09-15", "Mar21SU 13"),
        Level("CU8", 15, 2, 792, 3, "2020-12-15", "Mar21SU 10, Apr21SU 13, May21SU 15"),
        Level("CU9", 15, 2, 858, 5, "2021-03-16", "Apr21SU 10, May21SU 12, Jul21SU 15"),
        Level("CU10", 15, 2, 922, 7, "2021-06-29", "Jul21SU 13, Oct21SU 14, Nov21SU 19, Jan22SU 20, Mar22SU 27"),
        Level("CU11", 15, 2, 986, 5, "2021-09-28",
            """
            Oct21SU 9, Nov21SU 14, Jan22SU 15, Mar22SU 22, May22SU 26, Aug22SU 29, Oct22SU 30, Nov22SU 36, Jan23SU 37, Feb23SU 41, Mar23SU 42
            """),
        Level("CU12", 15, 2, 1118, 7, "2022-04-20",
            """
            May22SU 9, Aug22SU 12, Oct22SU 15, Nov22SU 20, Jan23SU 21, Feb23SU 25, Mar23SU 26, Jun23SU 30, Aug23SU 36, Aug23SUv2 37, Oct23SU 39,
            Nov23SU 40
            """),
        Level("CU13", 15, 2, 1258, 12, "2023-05-03",
            "Jun23SU 16, Aug23SU 23, Aug23SUv2 25, Oct23SU 27, Nov23SU 28, Mar24SU 32, Apr24HU 34, Nov24SU 38, Nov24SUv2 39"),
        Level("CU14", 15, 2, 1544, 4, "2024-02-13",
            """
            Mar24SU 9, Apr24HU 11, Nov24SU 13, Nov24SUv2 14, Apr25HU 25, May25HU 27, Aug25SU 33, Sep25HU 34, Oct25SU 36, Dec25SU 37, Feb26SU 39,
            Jun26SU 41, Jul26SU 43, Aug26SU 44, Sep26SU 46, Sep26SUv2 48
            """),
        Level("CU15", 15, 2, 1748, 10, "2025-02-10",
            """
            Apr25HU 24, May25HU 26, Aug25SU 36, Sep25HU 37, Oct25SU 39, Dec25SU 42, Feb26SU 43, Jun26SU 46, Jul26SU 48, Aug26SU 49, Sep26SU 51,
            Sep26SUv2 53
            """),
    ]);

    public static ExchangeProduct ExchangeSE { get; } = new("Exchange Server SE", null,
    [
        Level("RTM", 15, 2, 2562, 17, "2025-07-01",
            """
            Aug25SU 20, Sep25HU 27, Oct25SU 29, Dec25SU 35, Feb26SU 37, May26HU 41, Jun26SU 43, Jul26SU 45, Aug26SU 46, Sep26SU 49, Sep26SUv2 53
            """),
    ]);

    public static IReadOnlyList<ExchangeProduct> All { get; } =
        [Exchange2007, Exchange2010, Exchange2013, Exchange2016, Exchange2019, ExchangeSE];

    /// <summary>The product of a build; null where it is none of these: 15.20 is Exchange Online.</summary>
    public static ExchangeProduct? ProductOf(ExchangeBuild build) => (build.Major, build.Minor) switch
    {
        (8, _) => Exchange2007,
        (14, _) => Exchange2010,
        (15, 0) => Exchange2013,
        (15, 1) => Exchange2016,
        (15, 2) => build.Number < ExchangeSE.Levels[0].Number ? Exchange2019 : ExchangeSE,
        _ => null,
    };

    /// <param name="updates">Each with the last part of its build.</param>
    static ExchangeLevel Level(string name, int major, int minor, int number, int revision, string released, string updates = "") =>
        new(name,
        [
            new(name, new(major, minor, number, revision), Day(released)),
            .. Words(updates).Select(u => new ExchangeUpdate(
                $"{name} {u.Name}", new(major, minor, number, int.Parse(u.Value, CultureInfo.InvariantCulture)), Days[u.Name])),
        ]);

    static IEnumerable<(string Name, string Value)> Words(string text) =>
        from pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let space = pair.IndexOf(' ', StringComparison.Ordinal)
        select (pair[..space], pair[(space + 1)..]);

    static DateTime Day(string text) =>
        DateTime.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
