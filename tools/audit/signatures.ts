import { spawn } from "node:child_process";
import { once } from "node:events";

/** The result of `npm audit signatures`. */
export type SignatureReport =
  | { readonly outcome: "verified"; readonly told: string }
  /** A signature or attestation is wrong, or is missing although the package's registry signs. */
  | { readonly outcome: "invalid"; readonly told: string }
  /** The registry has no keys, or does not reply, so nothing is known. */
  | { readonly outcome: "unanswered"; readonly told: string };

/**
 * Asks npm to verify the registry's signatures of all installed packages.
 *
 * @param folder where package-lock.json and node_modules are
 * @param limitMs after so long npm is ended, and the outcome is `unanswered`
 */
export async function auditSignatures(folder: string, limitMs: number): Promise<SignatureReport> {
  const child = spawn("npm", ["audit", "signatures", "--fetch-retries=0", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: limitMs,
    killSignal: "SIGKILL",
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const [code] = await once(child, "close");
  return reportOf(code === null ? undefined : Number(code), printed);
}

/** Reads npm's exit code and its output. The code is undefined if the time limit ended npm. */
export function reportOf(code: number | undefined, printed: string): SignatureReport {
  const lines = printed
    .split("\n")
    .map((line) => line.replace(/^npm (error|warn|notice)\s*/, "").trim())
    .filter((line) => line !== "");
  if (code === undefined) return { outcome: "unanswered", told: "npm did not end in time" };
  if (code === 0 && /verified/.test(printed)) {
    return { outcome: "verified", told: lines.filter((line) => /verified/.test(line)).join("; ") };
  }
  if (/(invalid|missing).*(signature|attestation)|EATTESTATION|EINTEGRITYSIGNATURE/i.test(printed)) {
    return { outcome: "invalid", told: lines.join("\n") };
  }
  return {
    outcome: "unanswered",
    told: lines.find((line) => / failed/.test(line)) ?? lines[0] ?? `npm ended with code ${code}`,
  };
}
