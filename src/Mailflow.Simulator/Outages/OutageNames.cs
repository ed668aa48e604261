using System.Text;

namespace Mailflow.Simulator.Outages;

/// <summary>The words that names of domains, people and subjects are made of.</summary>
static class OutageNames
{
    static readonly string[] Trades =
    [
        "logistics", "foods", "metal", "print", "clinic", "legal", "travel", "energy", "optics", "paper", "school", "garden", "systems", "tools", "music",
    ];

    static readonly string[] Places = ["harbour", "alpine", "north", "river", "stone", "maple", "cedar", "coast", "valley", "summit"];

    static readonly string[] First =
    [
        "ana", "ben", "carla", "david", "elena", "felix", "grace", "hugo", "ines", "jonas", "karin", "liam", "maria", "nadia", "oscar", "petra", "quinn",
        "rosa", "stefan", "tara",
    ];

    static readonly string[] Last =
    [
        "abel", "berg", "costa", "dietrich", "egger", "fischer", "graf", "huber", "ivanov", "jansen", "keller", "lopez", "moser", "novak", "olsen", "petrov",
        "quast", "rossi", "silva", "toth",
    ];

    public static readonly byte[][] Subjects =
    [
        .. new[]
        {
            "Offer # for your project", "Minutes of the meeting", "Invoice #", "Re: delivery date", "Order confirmation #", "Question about contract #",
            "Re: Re: schedule, week 3", "Holiday plan", "Report \"Q4\", final", "Appointment on Thursday", "Fwd: photos of the site", "Reminder: timesheets",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public const int Domains = 150;

    public static string Domain(int index) => $"{Places[index % Places.Length]}-{Trades[index / Places.Length]}.example";

    /// <summary>One of 400 names for people.</summary>
    public static string Person(int index) => $"{First[index % First.Length]}.{Last[index / First.Length % Last.Length]}";

    /// <summary>The name with one letter missing, as it is typed in a hurry.</summary>
    public static string Mistyped(string name, int letter) => name.Remove(1 + (letter % (name.Length - 2)), 1);
}
