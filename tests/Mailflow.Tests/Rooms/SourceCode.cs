using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Mailflow.Tests.Rooms;

/// <summary>A place where code of one room uses a symbol of another.</summary>
sealed record RoomUse(string From, string To, string Symbol, string Place);

/// <summary>
/// The sources below src, compiled in memory without source generators: which room uses which, by symbols. A room is a namespace below Mailflow with
/// all below it; code in no such namespace is the room Program.
/// </summary>
sealed class SourceCode
{
    const string Program = "Program";

    /// <summary>The global usings of the SDK and of the Web SDK.</summary>
    const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Net.Http.Json; global using System.Threading; global using System.Threading.Tasks; global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Hosting; global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    static readonly CSharpParseOptions Options = new(LanguageVersion.Latest, DocumentationMode.None);

    readonly CSharpCompilation _compilation;

    SourceCode(CSharpCompilation compilation)
    {
        _compilation = compilation;
        var uses = ImmutableArray.CreateBuilder<RoomUse>();
        foreach (var (found, names, unresolved) in compilation.SyntaxTrees.Where(t => t.FilePath.Length > 0).AsParallel().AsOrdered().Select(Read))
        {
            uses.AddRange(found);
            Names += names;
            Unresolved += unresolved;
        }

        Uses = uses.ToImmutable();
    }

    /// <summary>Each use of another room.</summary>
    public ImmutableArray<RoomUse> Uses { get; }

    /// <summary>Names that were looked at, and those of them without a symbol: what a generator would write has none.</summary>
    public int Names { get; }

    public int Unresolved { get; }

    /// <summary>The simple names and the namespaces of all types that are not nested.</summary>
    public IEnumerable<(string Name, string Namespace)> Types => TypesOf(_compilation.Assembly.GlobalNamespace);

    public static SourceCode Read()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(a => !Path.GetFileName(a).StartsWith("mailflow", StringComparison.OrdinalIgnoreCase));
        return new(CSharpCompilation.Create(
            "rooms",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, Options), .. files.AsParallel().Select(Parse)],
            assemblies.Select(a => MetadataReference.CreateFromFile(a)),
            new(OutputKind.ConsoleApplication, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable)));
    }

    /// <summary>The uses in one more file.</summary>
    public ImmutableArray<RoomUse> UsesIn(string path, string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text, Options, path);
        return Read(_compilation.AddSyntaxTrees(tree), tree).Uses;
    }

    static SyntaxTree Parse(string path) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(path), Options, Path.GetRelativePath(Repository.PathOf(""), path).Replace('\\', '/'));

    (ImmutableArray<RoomUse> Uses, int Names, int Unresolved) Read(SyntaxTree tree) => Read(_compilation, tree);

    static (ImmutableArray<RoomUse> Uses, int Names, int Unresolved) Read(CSharpCompilation compilation, SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        var root = tree.GetCompilationUnitRoot();
        var from = RoomOf(root.DescendantNodes(n => n is CompilationUnitSyntax).OfType<BaseNamespaceDeclarationSyntax>()
            .FirstOrDefault()?.Name.ToString() ?? "");
        var uses = ImmutableArray.CreateBuilder<RoomUse>();
        var (names, unresolved) = (0, 0);
        foreach (var name in root.DescendantNodes(n => n is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>())
        {
            names++;
            var info = model.GetSymbolInfo(name);
            if ((info.Symbol ?? info.CandidateSymbols.FirstOrDefault()) is not { } symbol)
            {
                if (!name.IsVar && model.GetAliasInfo(name as IdentifierNameSyntax ?? SyntaxFactory.IdentifierName("none")) is null)
                    unresolved++;
                continue;
            }

            if (symbol is INamespaceSymbol || !SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, compilation.Assembly))
                continue;
            var to = RoomOf(symbol.ContainingNamespace.ToDisplayString());
            if (to != from)
                uses.Add(new(from, to, $"{symbol.ContainingType?.Name}.{symbol.Name}".TrimStart('.'),
                    $"{tree.FilePath}:{name.GetLocation().GetLineSpan().StartLinePosition.Line + 1}"));
        }

        return (uses.ToImmutable(), names, unresolved);
    }

    static string RoomOf(string space) => space.Split('.') is ["Mailflow", var room, ..] ? room : Program;

    static IEnumerable<(string Name, string Namespace)> TypesOf(INamespaceSymbol space) =>
        space.GetTypeMembers().Where(t => t.CanBeReferencedByName).Select(t => (t.Name, space.ToDisplayString()))
            .Concat(space.GetNamespaceMembers().SelectMany(TypesOf));
}
