import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { PLOT_FOLDER, type Plot } from "./plot.js";

/** Okabe and Ito's colours, which people with colour blindness can tell apart. */
const COLOURS = ["#d55e00", "#0072b2", "#56b4e9", "#009e73", "#cc79a7", "#999999", "#e69f00"];
const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";
const WIDTH = 640;
const HEIGHT = 300;

/** Writes the plots of a page as SVG, into a folder beside it. */
export async function writePlots(page: string, plots: readonly Plot[]): Promise<void> {
  const folder = join(dirname(page), PLOT_FOLDER);
  if (plots.length > 0) await mkdir(folder, { recursive: true });
  for (const plot of plots) await writeFile(join(folder, `${plot.file}.svg`), await svgOf(plot));
}

/** Draws a plot. */
export async function svgOf(plot: Plot): Promise<string> {
  const view = new View(parse(compile(specOf(plot)).spec), { renderer: "none" });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

function specOf({ title, kind, xTitle, yTitle, isLog = false, points }: Plot): TopLevelSpec {
  const series = [...new Set(points.map((point) => point.series))];
  const groups = [...new Set(points.map(({ x }) => String(x)))];
  const y = {
    field: "y",
    type: "quantitative",
    title: yTitle,
    axis: { format: "~s", tickCount: 6 },
  } as const;
  const logAxis = { format: "~s", values: logTicks(points.map((point) => point.y)) };
  const color = {
    field: "series",
    type: "nominal",
    title: null,
    // Vega cuts labels by a rough estimate of their width; 0 is no limit.
    legend: { labelLimit: 0, columns: 2 },
    sort: series,
    scale: { domain: series, range: COLOURS.slice(0, series.length) },
  } as const;
  const common = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title,
    width: WIDTH,
    height: HEIGHT,
    background: "white",
    padding: 16,
    data: { values: points.map((point) => ({ ...point })) },
    config: CONFIG,
  } as const;
  if (kind === "lines")
    return {
      ...common,
      mark: { type: "line", point: { size: 60 }, strokeWidth: 2.5 },
      encoding: {
        x: {
          field: "x",
          type: "quantitative",
          title: xTitle,
          scale: { type: "log" },
          axis: { format: "~s" },
        },
        y: isLog ? { ...y, axis: logAxis, scale: { type: "log", nice: false } } : y,
        color,
      },
    };
  return {
    ...common,
    mark: { type: "bar", cornerRadiusEnd: 2 },
    encoding: {
      x: { field: "x", type: "nominal", title: xTitle, sort: groups, axis: { labelAngle: 0 } },
      xOffset: { field: "series", sort: series },
      y: isLog
        ? { ...y, axis: logAxis, stack: null, scale: { type: "log", domainMin: logFloor(points) } }
        : y,
      color,
    },
  };
}

/** The power of ten below the lowest figure: a logarithmic bar has no zero to begin at. */
function logFloor(points: Plot["points"]): number {
  return 10 ** Math.floor(Math.log10(Math.min(...points.map(({ y }) => y))));
}

/** Powers of ten from below the figures to above them; with 2 and 5 times as much if they are few. */
function logTicks(values: readonly number[]): number[] {
  const lowest = Math.floor(Math.log10(Math.min(...values)));
  const highest = Math.ceil(Math.log10(Math.max(...values)));
  const powers = Array.from({ length: highest - lowest + 1 }, (_, index) => 10 ** (lowest + index));
  return powers.length <= 4 ? powers.flatMap((power) => [power, 2 * power, 5 * power]) : powers;
}

const CONFIG = {
  font: FONT,
  view: { stroke: null },
  title: { anchor: "start", fontSize: 16, fontWeight: 600, offset: 14 },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 500,
    titlePadding: 10,
    gridColor: "#e5e5e5",
    domainColor: "#888",
  },
  axisX: { grid: false, labelLimit: 0 },
  legend: { orient: "bottom", labelFontSize: 12, symbolSize: 120, offset: 14 },
  scale: { bandPaddingInner: 0.18 },
} as const;
