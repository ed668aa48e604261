namespace Mailflow.Ledger;

/// <summary>The newest row that one server wrote under one root.</summary>
sealed record NewestRow(string Root, string Server, DateTimeOffset Time);
