/** The folder of the plots, beside the page. */
export const PLOT_FOLDER = "benchmarks";

/** A plot of the page. */
export interface Plot {
  /** The name of its file in `docs/benchmarks/`, without `.svg`. */
  readonly file: string;
  readonly title: string;
  /** Lines over numbers, or bars over groups. */
  readonly kind: "lines" | "bars";
  readonly xTitle: string;
  readonly yTitle: string;
  /** Whether the axis of the figures is logarithmic. */
  readonly isLog?: boolean;
  /** In the order of the legend. */
  readonly points: readonly Point[];
}

/** One figure of a series. */
export interface Point {
  readonly series: string;
  readonly x: number | string;
  readonly y: number;
}
