import { posix } from "node:path";
import { decode, encode, type SourceMapMappings } from "@jridgewell/sourcemap-codec";

/** The fields of a source map that the build reads and writes. */
export interface SourceMap {
  readonly mappings: string;
}

/**
 * A map from a declaration file to the JavaScript beside it, for an editor's "go to definition". The
 * package has no TypeScript sources, because they would double its size. A position without JavaScript,
 * such as an interface, leads nowhere: the editor then shows the declaration.
 *
 * Undefined if no position leads to JavaScript.
 *
 * @param file the name of the declaration file: `lock.d.ts`
 * @param declarations the map from the declarations to TypeScript, as tsc writes it
 * @param code the map from JavaScript to the same TypeScript
 */
export function declarationMap(file: string, declarations: SourceMap, code: SourceMap): string | undefined {
  const inCode = new Map<string, readonly [line: number, column: number]>();
  decode(code.mappings).forEach((segments, line) => {
    for (const [column, , sourceLine, sourceColumn] of segments) {
      if (sourceLine === undefined) continue;
      const place = `${sourceLine}:${sourceColumn}`;
      if (!inCode.has(place)) inCode.set(place, [line, column]);
    }
  });
  const mappings: SourceMapMappings = decode(declarations.mappings).map((segments) =>
    segments.map(([column, , sourceLine, sourceColumn]) => {
      const found = inCode.get(`${sourceLine}:${sourceColumn}`);
      return found === undefined ? [column] : [column, 0, ...found];
    }),
  );
  if (!mappings.some((segments) => segments.some((segment) => segment.length > 1))) return undefined;
  const source = posix.basename(file).replace(/\.d\.ts$/, ".js");
  return JSON.stringify({
    version: 3,
    file,
    sources: [source],
    names: [],
    mappings: encode(thinned(mappings)),
  });
}

/**
 * Without the positions that say the same as the next one, because a reader looks for the next position.
 */
function thinned(mappings: SourceMapMappings): SourceMapMappings {
  let isNextMapped = false;
  return mappings
    .toReversed()
    .map((segments) =>
      segments
        .toReversed()
        .filter((segment) => {
          const isMapped = segment.length > 1;
          const isKept = isMapped || isNextMapped;
          isNextMapped = isMapped;
          return isKept;
        })
        .reverse(),
    )
    .reverse();
}

/** The modules that a declaration file imports, as it writes them. */
export function importedModules(declarations: string): readonly string[] {
  return [...declarations.matchAll(/(?:\bfrom |\bimport\()"([^"]+)"/g)].map(([, module = ""]) => module);
}
