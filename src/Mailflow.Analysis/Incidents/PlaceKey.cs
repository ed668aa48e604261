namespace Mailflow.Analysis.Incidents;

/// <summary>A place by the number of its name.</summary>
readonly record struct PlaceKey(PlaceKind Kind, int Name);
