import { headers } from "next/headers";
import { version } from "../../../version.js";

export default async function Page({ params }) {
  const { name } = await params;
  await headers();
  const response = await fetch(`${process.env.APP_ORIGIN}/fetched-${name}`, {
    next: { revalidate: 3600, tags: [`fetched-${name}`] },
  });
  return <p>{`version=${version} number=${await response.text()}`}</p>;
}
