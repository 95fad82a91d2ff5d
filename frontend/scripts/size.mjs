// What the browser is sent, gzip: fails when the JavaScript, the map's worker included, is too much.
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const MOST_KB = 550;
const dist = fileURLToPath(new URL('../../src/kopa/web/dist/static/', import.meta.url));

const files = readdirSync(dist)
  .filter((name) => ['.js', '.css', '.woff2'].includes(extname(name)))
  .map((name) => {
    const raw = readFileSync(dist + name);
    // fonts are compressed already and are sent as they are
    const sent = extname(name) === '.woff2' ? raw.length : gzipSync(raw, { level: 9 }).length;
    return { name, raw: raw.length / 1000, sent: sent / 1000 };
  })
  .sort((a, b) => b.sent - a.sent);

for (const { name, raw, sent } of files) {
  console.log(`${sent.toFixed(1).padStart(8)} kB gzip ${raw.toFixed(1).padStart(8)} kB  ${name}`);
}
const scripts = files.filter(({ name }) => name.endsWith('.js'));
const total = scripts.reduce((sum, { sent }) => sum + sent, 0);
console.log(`JavaScript: ${total.toFixed(1)} kB gzip of at most ${MOST_KB} kB`);
if (total > MOST_KB) process.exit(1);
