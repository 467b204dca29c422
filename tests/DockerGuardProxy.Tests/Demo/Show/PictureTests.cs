using System.Xml.Linq;
using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class PictureTests
{
    [Fact]
    public void It_is_SVG_with_a_curve_for_each_half_inside_its_frame()
    {
        var svg = XDocument.Parse(Picture.Draw(Halves.Direct, Halves.Guarded)).Root!;
        XNamespace ns = "http://www.w3.org/2000/svg";
        var curves = svg.Elements(ns + "polyline").Select(static line => (string)line.Attribute("points")!).ToArray();
        Assert.Equal(2, curves.Length);
        foreach (var point in curves.SelectMany(static curve => curve.Split(' ')).Select(static point => point.Split(',')))
        {
            Assert.InRange(double.Parse(point[0], System.Globalization.CultureInfo.InvariantCulture), 0, (double)svg.Attribute("width")!);
            Assert.InRange(double.Parse(point[1], System.Globalization.CultureInfo.InvariantCulture), 0, (double)svg.Attribute("height")!);
        }

        var texts = svg.Elements(ns + "text").Select(static text => text.Value).ToArray();
        Assert.Contains("direct: up to 1000", texts);
        Assert.Contains("guarded: up to 1", texts);
    }

    [Fact]
    public void The_guarded_curves_name_stands_before_the_direct_curves_fall()
    {
        var svg = XDocument.Parse(Picture.Draw(Halves.Direct, Halves.Guarded)).Root!;
        XNamespace ns = "http://www.w3.org/2000/svg";
        var name = Assert.Single(svg.Elements(ns + "text"), static text => text.Value.StartsWith("guarded", StringComparison.Ordinal));
        var thaw = Assert.Single(svg.Elements(ns + "text"), static text => text.Value == "file system back");
        Assert.Equal("end", (string)name.Attribute("text-anchor")!);
        Assert.InRange((double)name.Attribute("x")!, 0, (double)thaw.Attribute("x")! + 6);
    }
}
