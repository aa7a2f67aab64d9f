// Builds what the browser loads: hashed names in static/build/, and manifest.json that maps plain names to them.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const source = path.join(root, "static/src");
const target = path.join(root, "static/build");
const written = new Set(["manifest.json"]);

// The one warning of these libraries: MOJ's alert names a colour function that GOV.UK has renamed.
const KNOWN_WARNING = "govuk-text-colour";

const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path: file }) => {
      const { css, loadedUrls } = sass.compile(file, {
        loadPaths: [root],
        style: "compressed",
        logger: {
          warn(message) {
            if (!message.includes(KNOWN_WARNING)) throw new Error(message);
          },
        },
      });
      const watchFiles = loadedUrls.filter((url) => url.protocol === "file:").map(fileURLToPath);
      return { contents: css, loader: "css", resolveDir: root, watchFiles };
    });
  },
};

/** Bundle the entries; return what each is called in the end. */
async function bundle(options) {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    metafile: true,
    target: ["es2022", "safari16"],
    outdir: target,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    plugins: [scss],
    logLevel: "warning",
    ...options,
  });
  const names = {};
  for (const [output, { entryPoint, imports }] of Object.entries(metafile.outputs)) {
    written.add(path.relative(target, path.join(root, output)));
    if (!entryPoint) continue;
    const { name } = path.parse(entryPoint.replace(/^.*:/, ""));
    names[name + path.extname(output)] = path.relative(target, path.join(root, output));
    // What a script needs before it can run: a page that asks for all at once waits once.
    const needed = imports.filter(({ kind }) => kind === "import-statement").map((each) => path.relative(target, path.join(root, each.path)));
    if (needed.length > 0) names[`${name}.js needs`] = needed.join(" ");
  }
  return names;
}

/** Copy a finished file under a hashed name. */
async function copy(file, name = path.basename(file)) {
  const content = await readFile(path.join(root, file));
  const { dir, name: stem, ext } = path.parse(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = path.posix.join(dir, `${stem}-${hash}${ext}`);
  await mkdir(path.join(target, dir), { recursive: true });
  await copyFile(path.join(root, file), path.join(target, hashed));
  written.add(hashed);
  return { [name]: hashed };
}

await mkdir(target, { recursive: true });
const phone = Object.assign(
  {},
  ...(await Promise.all([
    bundle({ entryPoints: [path.join(source, "phone.ts")], format: "esm", splitting: true }),
    bundle({ entryPoints: [path.join(source, "phone.scss")] }),
    ...[192, 512].map((size) => copy(`static/src/phone/icon-${size}.png`)),
    copy("static/src/favicon.svg"),
  ])),
);
// The worker keeps exactly these, so that it is another one when one of them is.
const files = [...new Set(Object.values(phone).flatMap((names) => names.split(" ")))].map((name) => `/static/build/${name}`);
const manifest = Object.assign(
  phone,
  ...(await Promise.all([
    bundle({
      entryPoints: [path.join(source, "sw.ts")],
      format: "iife",
      define: {
        FILES: JSON.stringify(files),
        BUILD: JSON.stringify(createHash("sha256").update(files.join()).digest("hex").slice(0, 16)),
      },
    }),
    bundle({
      entryPoints: ["supported.ts", "app.ts", "map.ts", "area.ts", "live.ts", "log.ts", "marking.ts", "passkey.ts", "docs.ts"].map((name) => path.join(source, name)),
      format: "esm",
      splitting: true,
    }),
    bundle({
      entryPoints: ["app.scss", "docs.css", "map.css"].map((name) => path.join(source, name)),
      loader: { ".png": "file", ".svg": "file" },
    }),
    // The offline map is one file, so its pictures travel inside its style sheet.
    bundle({
      entryPoints: [path.join(source, "offline-map.css")],
      loader: { ".png": "dataurl" },
    }),
    copy("node_modules/leaflet/dist/leaflet.js", "offline-map.js"),
    copy("node_modules/swagger-ui-dist/swagger-ui-bundle.js", "swagger-ui/swagger-ui.js"),
    copy("node_modules/swagger-ui-dist/swagger-ui.css", "swagger-ui/swagger-ui.css"),
  ])),
);
// Packed once here, as small as can be, instead of by the server for each reader.
for (const name of [...written].filter((each) => /\.(js|css|svg)$/.test(each))) {
  const packed = brotliCompressSync(await readFile(path.join(target, name)));
  await writeFile(path.join(target, `${name}.br`), packed);
  written.add(`${name}.br`);
}
await writeFile(path.join(target, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// What an earlier build left goes last, so that a build that fails leaves a page that works.
for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (entry.isFile() && !written.has(path.relative(target, file))) await rm(file);
}
