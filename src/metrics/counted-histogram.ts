import { Histogram, type Registry } from "prom-client";

/** Counts values by bucket. It is cheaper than a labelled histogram of prom-client, and exported as one. */
export class BucketCounts {
  readonly bounds: readonly number[];
  /** By bucket; the last one has what is above all bounds. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  /** Adds counts with the same bounds. */
  add(other: BucketCounts): void {
    for (const [bucket, count] of other.counts.entries())
      this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
    this.sum += other.sum;
  }
}

/** The labels of a series, and its values. */
export type Series = readonly [labels: Readonly<Record<string, string>>, counts: BucketCounts];

interface CountedHistogramOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly buckets: number[];
  readonly registers: Registry[];
  readonly series: () => Iterable<Series>;
  /** Forgets all values, for `resetMetrics` of the registry. */
  readonly clear: () => void;
}

/** A histogram whose values are counted elsewhere, and read when metrics are collected. */
export class CountedHistogram extends Histogram {
  readonly #options: CountedHistogramOptions;

  constructor(options: CountedHistogramOptions) {
    const { series: _series, clear: _clear, ...configuration } = options;
    super(configuration);
    this.#options = options;
  }

  /** The text format reads it, and `get` of Histogram too. The types of prom-client do not have it. */
  async getForPromString() {
    const { name, help, series } = this.#options;
    const values = [...series()].flatMap(([labels, counts]) => valuesOf(name, labels, counts));
    return { name, help, type: "histogram", values, aggregator: "sum" };
  }

  override reset(): void {
    // The constructor of Histogram calls it too.
    if (#options in this) this.#options.clear();
  }
}

/** As prom-client has them: each bucket counts also what is in the buckets below it. */
function valuesOf(name: string, sharedLabels: Series[0], { bounds, counts, sum }: BucketCounts) {
  let count = 0;
  const buckets = [...counts].map((inBucket, bucket) => {
    count += inBucket;
    const le: string | number = bounds[bucket] ?? "+Inf";
    return { labels: { le }, value: count, metricName: `${name}_bucket`, sharedLabels };
  });
  return [
    ...buckets,
    { labels: {}, value: sum, metricName: `${name}_sum`, sharedLabels },
    { labels: {}, value: count, metricName: `${name}_count`, sharedLabels },
  ];
}
