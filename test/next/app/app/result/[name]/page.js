import { cacheLife, cacheTag } from "next/cache";
import { headers } from "next/headers";
import { numberOf } from "../../../source.js";
import { version } from "../../../version.js";

async function result(name) {
  "use cache";
  cacheTag(`result-${name}`);
  cacheLife({ stale: 300, revalidate: 3600, expire: 7200 });
  return numberOf(`result-${name}`);
}

async function shared() {
  "use cache: remote";
  cacheLife({ stale: 300, revalidate: 3600, expire: 7200 });
  return numberOf("shared");
}

export default async function Page({ params }) {
  const { name } = await params;
  await headers();
  const [number, remote] = await Promise.all([result(name), shared()]);
  return <p>{`version=${version} number=${number} shared=${remote}`}</p>;
}
