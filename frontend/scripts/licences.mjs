// Licences of what the page ships, beside it: those licences want to go where their code goes.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OPEN = /^\(?(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|OFL-1\.1|0BSD|CC0-1\.0)/;
const root = fileURLToPath(new URL('..', import.meta.url));
const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));

const texts = Object.entries(lock.packages)
  .filter(([path, one]) => path && !one.dev && existsSync(root + path))
  .map(([path, one]) => {
    if (!OPEN.test(one.license ?? '')) throw new Error(`${path}: may its licence ship? ${one.license}`);
    const file = readdirSync(root + path).find((name) => /^licen[cs]e/i.test(name));
    const text = file ? readFileSync(`${root}${path}/${file}`, 'utf8').trim() : '';
    return `${path.replace(/^.*node_modules\//, '')} ${one.version}, ${one.license}\n\n${text}`;
  });
writeFileSync(
  fileURLToPath(new URL('../../src/kopa/web/dist/licences.txt', import.meta.url)),
  `${texts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`,
);
console.log(`licences.txt: ${texts.length} packages`);
