using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mailflow.EndToEnd.Observability;
using Mailflow.Tests;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Mailflow.EndToEnd;

/// <summary>The container image, built by Docker and by the SDK, and the compose stack around it.</summary>
public sealed partial class ImageTests
{
    static readonly string[] Asking =
    [
        "deploy/prometheus/prometheus.yml", "grafana/provisioning/datasources/prometheus.yml", "deploy/docker/compose.yaml",
        "deploy/docker/compose.logs.yaml",
    ];
    static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build();

    [Fact]
    public void Files_and_services_named_in_Compose_exist()
    {
        var folder = Repository.PathOf("deploy/docker");
        var compose = Yaml.Deserialize<ComposeFile>(File.ReadAllText(Path.Combine(folder, "compose.yaml")));
        var build = compose.Services["mailflow"].Build!;
        Assert.True(File.Exists(Path.Combine(folder, build.Context, build.Dockerfile)), build.Dockerfile);
        foreach (var (name, service) in compose.Services)
        {
            Assert.All(service.Ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
            Assert.All(
                service.Volumes,
                v => Assert.True(
                    v[0] == '.' ? Path.Exists(Path.Combine(folder, v.Split(':')[0])) : compose.Volumes.ContainsKey(v.Split(':')[0]),
                    $"{name} mounts {v}, which is not there."));
        }

        // Services reach each other by name, at the port that they publish.
        var asks = Asking.SelectMany(f => Hosts().Matches(File.ReadAllText(Repository.PathOf(f))))
            .Select(m => (Name: m.Groups["name"].Value, Port: m.Groups["port"].Value))
            .Distinct()
            .ToList();
        Assert.Equal(["alertmanager", "mailflow", "prometheus", "seq"], asks.Select(a => a.Name).Order(StringComparer.Ordinal));
        Assert.All(asks, a => Assert.EndsWith(":" + a.Port, Assert.Single(compose.Services[a.Name].Ports), StringComparison.Ordinal));
        var provisioned = File.ReadAllText(Repository.PathOf("grafana/provisioning/dashboards/mailflow.yml"));
        Assert.Contains(compose.Services["grafana"].Volumes, v => provisioned.Contains($"path: {v.Split(':')[1]}\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Paths_copied_by_the_Dockerfile_exist_and_are_not_ignored()
    {
        var ignore = File.ReadAllLines(Repository.PathOf(".dockerignore"));
        Assert.Equal("**", ignore[0]);
        var copied = File.ReadAllLines(Repository.PathOf("deploy/docker/Dockerfile"))
            .Where(l => l.StartsWith("COPY ", StringComparison.Ordinal) && !l.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(l => l.Split(' ')[1..^1])
            .Select(p => p.TrimEnd('/'))
            .ToList();
        Assert.Contains("src", copied);
        Assert.All(copied, p => Assert.True(Path.Exists(Repository.PathOf(p)), $"{p} is not there."));
        Assert.Equal(copied.Order(StringComparer.Ordinal), ignore.Where(l => l[0] == '!').Select(l => l[1..]).Order(StringComparer.Ordinal));
    }

    /// <summary>The Dockerfile and the SDK build the same image.</summary>
    [Fact]
    public void Dockerfile_matches_the_project_file()
    {
        var project = XDocument.Load(Repository.PathOf("src/Mailflow/Mailflow.csproj")).Descendants().ToLookup(e => e.Name.LocalName);
        string Property(string name) => project[name].Single().Value;
        var docker = File.ReadAllText(Repository.PathOf("deploy/docker/Dockerfile"));
        Assert.Contains($"/runtime-deps:10.0-{Property("ContainerFamily")}\n", docker, StringComparison.Ordinal);
        Assert.Contains($"USER {Property("ContainerUser")}\n", docker, StringComparison.Ordinal);
        Assert.Contains($"EXPOSE {project["ContainerPort"].Single().Attribute("Include")!.Value}\n", docker, StringComparison.Ordinal);
        Assert.Contains(
            $"CMD [\"{project["ContainerDefaultArgs"].Single().Attribute("Include")!.Value.Replace(";", "\", \"", StringComparison.Ordinal)}\"]\n",
            docker, StringComparison.Ordinal);
        foreach (var variable in project["ContainerEnvironmentVariable"])
            Assert.Contains($" {variable.Attribute("Include")!.Value}={variable.Attribute("Value")!.Value}", docker, StringComparison.Ordinal);
        var labels = new[]
        {
            ("title", "ContainerTitle"), ("description", "ContainerDescription"), ("licenses", "ContainerLicenseExpression"), ("version", "VersionPrefix"),
        };
        foreach (var (label, name) in labels)
            Assert.Contains($"org.opencontainers.image.{label}=\"{Property(name)}\"", docker, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_runs_as_unprivileged_user_on_a_read_only_root()
    {
        await DeployTests.NeedAsync("docker-registry", "skopeo", "umoci", "unshare", "jq", "curl", "ip");
        Assert.SkipUnless(
            (await DeployTests.RunAsync("unshare", ["--mount", "--net", "--pid", "--fork", "true"])).Code == 0,
            "Namespaces may not be made here: root makes them.");
        // Without AOT, which takes minutes; the image is otherwise the same.
        var (code, output) = await Tool.RunAsync(
            Repository.PathOf("deploy/docker/try-image"), ["--self-contained"], TestContext.Current.CancellationToken, TimeSpan.FromMinutes(10));
        Assert.SkipWhen(output.Contains("error NU1301", StringComparison.Ordinal), "The .NET runtime of the image cannot be restored: NuGet does not answer.");
        Assert.True(code == 0, output);
        Assert.Contains("SIGTERM: ended with 0", output, StringComparison.Ordinal);
    }

    [GeneratedRegex("(//|')(?<name>alertmanager|grafana|mailflow|prometheus|seq):(?<port>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hosts();

    public sealed class ComposeFile
    {
        public Dictionary<string, ComposeService> Services { get; set; } = [];

        public Dictionary<string, object> Volumes { get; set; } = [];
    }

    public sealed class ComposeService
    {
        public ComposeBuild? Build { get; set; }

        public List<string> Ports { get; set; } = [];

        public List<string> Volumes { get; set; } = [];
    }

    public sealed class ComposeBuild
    {
        public string Context { get; set; } = "";

        public string Dockerfile { get; set; } = "";
    }
}
