import {
  type Attributes,
  type Meter,
  metrics as meters,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { ArgumentError, MoonpathError, type Observer, type TracedOperation } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { readFrom } from "../core/read-from.js";

/** Options of `openTelemetryObserver`. All may be left out. */
export interface OpenTelemetryOptions {
  /** Makes the spans. Default: that of the global provider, named `moonpath`. */
  readonly tracer?: Tracer | undefined;
  /** Makes the histogram. Default: that of the global provider, named `moonpath`. */
  readonly meter?: Meter | undefined;
  /** The index of the database, as `db.namespace`. Default 0. */
  readonly database?: number | undefined;
  /** The host of Redis, as `server.address`. Default: the attribute is left out. */
  readonly serverAddress?: string | undefined;
  /** The port of Redis, as `server.port`. Default: the attribute is left out. */
  readonly serverPort?: number | undefined;
  /** Whether spans have `moonpath.tenant`. Default false, because a tenant may be a customer. */
  readonly tenants?: boolean | undefined;
}

const optionNames: OptionNames<OpenTelemetryOptions> = {
  tracer: true,
  meter: true,
  database: true,
  serverAddress: true,
  serverPort: true,
  tenants: true,
};

const NAME = "moonpath";

/** The buckets that the semantic conventions advise, in seconds. */
const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/**
 * Creates an observer that makes spans of calls of scripts, of calls of caches and of loads, and measures
 * `db.client.operation.duration`. Names follow the semantic conventions for databases. It needs
 * `@opentelemetry/api`, an optional peer dependency. Spans have no key, no argument and no value.
 *
 * ```ts
 * const moonpath = createMoonpath(redis, { observers: [openTelemetryObserver({ serverAddress: "redis" })] });
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function openTelemetryObserver(
  options: OpenTelemetryOptions = {},
): Required<Pick<Observer, "onCall" | "trace">> {
  const { tracer, meter, server, showsTenants } = resolvedOptions(options);
  const duration = meter.createHistogram("db.client.operation.duration", {
    description: "Duration of calls of scripts, with waits and retries.",
    unit: "s",
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  return {
    onCall({ script, outcome, durationMs }) {
      const failure = outcome === "ok" ? {} : { "error.type": outcome };
      duration.record(durationMs / 1_000, { ...server, ...scriptAttributes(script), ...failure });
    },
    trace(operation, run) {
      const { name, kind, attributes } = describe(operation, server);
      if (showsTenants && "tenant" in operation) attributes["moonpath.tenant"] = operation.tenant;
      tracer.startActiveSpan(name, { kind, attributes }, (span) => {
        run().then(
          () => span.end(),
          (error: unknown) => failed(span, error),
        );
      });
    },
  };
}

/** The attributes of a call. The script is what the conventions call a stored procedure. */
function scriptAttributes(script: string): Attributes {
  return { "db.operation.name": "EVALSHA", "db.stored_procedure.name": script };
}

function describe(
  operation: TracedOperation,
  server: Attributes,
): { readonly name: string; readonly kind: SpanKind; readonly attributes: Attributes } {
  switch (operation.kind) {
    case "call": {
      const { script, version, calls } = operation;
      const attributes: Attributes = {
        ...server,
        ...scriptAttributes(script),
        "moonpath.script.version": version,
      };
      // The conventions say that it is left out for one.
      if (calls > 1) attributes["db.operation.batch.size"] = calls;
      return { name: `EVALSHA ${script}`, kind: SpanKind.CLIENT, attributes };
    }
    case "cache": {
      const { cache, strategy } = operation;
      const attributes = {
        "moonpath.cache.pattern": cache,
        "moonpath.cache.operation": operation.operation,
        "moonpath.cache.strategy": strategy,
      };
      return { name: `${operation.operation} ${cache}`, kind: SpanKind.INTERNAL, attributes };
    }
    case "load": {
      const attributes = { "moonpath.cache.pattern": operation.cache };
      return { name: `load ${operation.cache}`, kind: SpanKind.INTERNAL, attributes };
    }
  }
}

/** The message of an error may have what a caller must not see, so the span has its type alone. */
function failed(span: Span, error: unknown): void {
  span.setAttribute("error.type", typeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function typeOf(error: unknown): string {
  if (error instanceof MoonpathError) return error.code;
  return error instanceof Error && /^[\w.-]{1,100}$/.test(error.name) ? error.name : "_OTHER";
}

/** @throws ArgumentError */
function resolvedOptions(options: OpenTelemetryOptions) {
  return readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { database = 0, serverAddress, serverPort, tenants = false } = options;
    const server: Attributes = {
      "db.system.name": "redis",
      "db.namespace": String(checkedInteger("database", database, 0, 1_000_000)),
    };
    if (serverAddress !== undefined) {
      if (typeof serverAddress !== "string") throw new ArgumentError("serverAddress", "the name of a host");
      server["server.address"] = serverAddress;
    }
    if (serverPort !== undefined) server["server.port"] = checkedInteger("serverPort", serverPort, 1, 65_535);
    if (typeof tenants !== "boolean") throw new ArgumentError("tenants", "true or false");
    const tracer = options.tracer ?? trace.getTracer(NAME);
    const meter = options.meter ?? meters.getMeter(NAME);
    if (typeof tracer.startActiveSpan !== "function") throw new ArgumentError("tracer", "a Tracer");
    if (typeof meter.createHistogram !== "function") throw new ArgumentError("meter", "a Meter");
    return { tracer, meter, server, showsTenants: tenants };
  });
}
