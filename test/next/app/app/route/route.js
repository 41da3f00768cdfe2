import { numberOf } from "../../source.js";

export const dynamic = "force-static";
export const revalidate = 3600;

export async function GET() {
  return new Response(Uint8Array.from([0, 255, ...Buffer.from(await numberOf("route"))]));
}
