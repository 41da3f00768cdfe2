import { unstable_cache } from "next/cache";
import { numberOf } from "../../../source.js";
import { version } from "../../../version.js";

export const revalidate = 3600;

export const generateStaticParams = () => [{ name: "built" }, { name: "purged" }];

export default async function Page({ params }) {
  const { name } = await params;
  const number = await unstable_cache(numberOf, [version, "page"], { tags: [`page-${name}`] })(
    `page-${name}`,
  );
  return <p>{`version=${version} number=${number}`}</p>;
}
