import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { BucketCounts, CountedHistogram, type Series } from "./counted-histogram.js";
import {
  exportedLabel,
  type LabelsOf,
  type MetricLabelName,
  type MetricName,
  type MetricNameOf,
  metrics,
} from "./table.js";

/** Registers metrics of the table, with the labels and the help of their rows. */
export class Instruments {
  readonly #register: Registry;
  readonly #nameOf: (name: MetricName) => string;

  constructor(register: Registry, nameOf: (name: MetricName) => string) {
    this.#register = register;
    this.#nameOf = nameOf;
  }

  /** A function that adds to the counter. `collect` runs before the counter is read. */
  counter<Name extends MetricNameOf<"counter">>(name: Name, collect?: () => void) {
    const metric = new Counter({ ...this.#configuration(name), ...(collect && { collect }) });
    return (labels: LabelsOf<Name>, count = 1) => metric.inc(exported(labels), count);
  }

  /** A function that observes a value, for what happens seldom. Use `counts` for the others. */
  histogram<Name extends MetricNameOf<"histogram">>(name: Name) {
    const metric = new Histogram({ ...this.#configuration(name), buckets: [...metrics[name].buckets] });
    return (labels: LabelsOf<Name>, value: number) => metric.observe(exported(labels), value);
  }

  /** A histogram whose values are counted in `BucketCounts`. */
  countedHistogram<Name extends MetricNameOf<"histogram">>(
    name: Name,
    series: () => Iterable<readonly [LabelsOf<NoInfer<Name>>, BucketCounts]>,
    clear: () => void,
  ): void {
    new CountedHistogram({
      ...this.#configuration(name),
      buckets: [...metrics[name].buckets],
      series: function* (): Iterable<Series> {
        for (const [labels, counts] of series()) yield [exported(labels), counts];
      },
      clear,
    });
  }

  /** Empty counts of a histogram of the table. */
  buckets(name: MetricNameOf<"histogram">): BucketCounts {
    return new BucketCounts(metrics[name].buckets);
  }

  /** A gauge that has exactly these values when it is collected. */
  gauge<Name extends MetricNameOf<"gauge">>(
    name: Name,
    values: () => GaugeValues<NoInfer<Name>> | Promise<GaugeValues<NoInfer<Name>>>,
  ): void {
    const configuration = this.#configuration(name);
    new Gauge({
      ...configuration,
      async collect() {
        const list = await values();
        this.reset();
        // A gauge without labels has the value 0 after a reset.
        if (configuration.labelNames.length === 0) this.remove();
        for (const [labels, value] of list) this.set(exported(labels), value);
      },
    });
  }

  /** A counter that is kept elsewhere, and has exactly these values when it is collected. */
  totals<Name extends MetricNameOf<"counter">>(
    name: Name,
    values: () => Iterable<readonly [LabelsOf<NoInfer<Name>>, number]>,
  ): void {
    new Counter({
      ...this.#configuration(name),
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.inc(exported(labels), value);
      },
    });
  }

  /** A counter of somebody else, which has exactly this value when it is collected; none if undefined. */
  foreignCounter(
    name: Extract<MetricNameOf<"counter">, `redis_${string}`>,
    value: () => Promise<number | undefined>,
  ): void {
    new Counter({
      ...this.#configuration(name),
      async collect() {
        const known = await value();
        // It has no labels, so this removes its only value.
        this.remove();
        if (known !== undefined) this.inc(known);
      },
    });
  }

  #configuration(name: MetricName) {
    const row = metrics[name];
    const labels: readonly MetricLabelName[] = row.labels;
    return {
      name: this.#nameOf(name),
      help: row.help,
      labelNames: labels.map(exportedLabel),
      registers: [this.#register],
      ...("aggregator" in row && { aggregator: row.aggregator }),
    };
  }
}

/** The values of a gauge with their labels. */
export type GaugeValues<Name extends MetricNameOf<"gauge">> = readonly (readonly [LabelsOf<Name>, number])[];

/** The labels under the names that are exported. */
function exported(labels: Readonly<Record<string, string>>): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [label, value] of Object.entries(labels)) named[exportedLabel(label)] = value;
  return named;
}
