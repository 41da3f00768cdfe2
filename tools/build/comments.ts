import { type TransformOptions, transform } from "esbuild";

/** Comments that fill lines of their own. esbuild keeps those between the members of a class. */
const OWN_LINES = /^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)[ \t]*$/gm;

/**
 * The source with blanks in place of such comments, so that every position stays as it is. Comments that
 * mean something to a compiler stay.
 *
 * A text may have a line that looks like a comment. Then the source is returned as it is: without
 * comments and spaces, both must be the same program.
 */
export async function withoutComments(source: string, options: TransformOptions): Promise<string> {
  const blanked = source.replace(OWN_LINES, (comment) =>
    /__PURE__|@ts-/.test(comment) ? comment : comment.replace(/[^\n]/g, " "),
  );
  const compact = { ...options, minifyWhitespace: true, sourcemap: false } as const;
  const [one, other] = await Promise.all([transform(source, compact), transform(blanked, compact)]);
  return one.code === other.code ? blanked : source;
}
