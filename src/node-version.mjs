import module from 'node:module';
import { fileURLToPath } from 'node:url';

// Runs before anything that an older Node could not even read, so that it is told in one line what it lacks.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  process.stderr.write(`gridcall needs Node 22.22 or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}

// Beside the packages, so that nobody else can write what is read there; where we cannot either, nothing is kept. A later
// start then neither strips types nor compiles again, which spares a third of a second and some 20 MB.
module.enableCompileCache?.(fileURLToPath(new URL('../node_modules/.cache/gridcall', import.meta.url)));
