using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage("Design", "CA1062", Justification = "xunit calls theories with data of the test.", Scope = "namespaceanddescendants", Target = "~N:Mailflow.Analysis.Tests.Failures")]
