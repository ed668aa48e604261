using Mailflow.Analysis.Messages;

namespace Mailflow.Metrics;

/// <summary>The names of one label that have their own series: the first ones, in the spelling first seen. All others become <c>other</c>.</summary>
sealed class BoundedNames<T>(Label<T> label, Func<string, T> make, Folded folded)
    where T : notnull
{
    readonly Dictionary<string, T> _known = new(StringComparer.OrdinalIgnoreCase);
    readonly T _other = make(Label.Other);

    /// <summary>Restores a name that had its own series before the restart.</summary>
    public void Load(T name)
    {
        if (label.Text(name) is not (Label.Other or Label.None) and var text)
            _known.TryAdd(text, name);
    }

    public T Of(string name)
    {
        if (_known.TryGetValue(name, out var known))
            return known;
        if (!LabelName.IsName(name))
            folded.AddNoName(label);
        else if (_known.Count >= label.Most)
            folded.Add(label, name);
        else
            return _known[name] = make(name);
        return _other;
    }
}
