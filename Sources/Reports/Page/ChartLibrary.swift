import CVega

/// The library that draws the charts in the reader's browser.
package enum ChartLibrary {
  /// Nil where it was not there at build time.
  ///
  /// Nothing in it may end the script element that it is put into.
  package static let script: String? = {
    guard vega_script_length > 0 else { return nil }
    let bytes = UnsafeBufferPointer(start: vega_script, count: Int(vega_script_length))
    return String(decoding: bytes, as: UTF8.self)
      .replacing("</script", with: "<\\/script").replacing("<!--", with: "<\\!--")
  }()

  static let notice = """
    Vega, Vega-Lite and vega-embed, copyright University of Washington Interactive Data Lab and \
    contributors, BSD 3-clause licence: https://github.com/vega
    """

  static let missing = """
    This report has tables only: the library that draws charts was not there when rehearse was built \
    (scripts/charts fetches it).
    """

  /// Draws every chart, in the colours of the page, then folds the numbers away.
  static let drawing = """
    (() => {
      const specs = JSON.parse(document.getElementById("charts").textContent);
      const axis = {
        labelColor: "currentColor", titleColor: "currentColor", domainColor: "currentColor",
        tickColor: "currentColor", gridColor: "currentColor", gridOpacity: 0.12, labelFontSize: 11,
        titleFontSize: 11, titleFontWeight: "normal", labelFlush: true
      };
      const config = {
        background: null, view: { stroke: null }, font: "system-ui, sans-serif", axis,
        legend: { labelColor: "currentColor", orient: "top", labelFontSize: 12 },
        range: { category: ["#2a78b5", "#e08a1e", "#3a9a5c", "#8a63c7", "#b0567f", "#7a7a7a"] }
      };
      document.querySelectorAll("details.numbers").forEach((numbers) => { numbers.open = false; });
      const draw = async () => {
        for (const place of document.querySelectorAll("[data-chart]")) {
          const spec = { ...specs[Number(place.dataset.chart)], config };
          try {
            await vegaEmbed(place, spec, { mode: "vega-lite", renderer: "svg", actions: false });
          } catch (error) {
            place.textContent = "This chart cannot be drawn: " + error;
          }
          await new Promise((next) => setTimeout(next));
        }
      };
      draw();
    })();
    """
}
