import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { StartupError } from '../config.ts';
import { markOf, type Owner, type ProcessMark } from './embedded-process.ts';

/**
 * Makes `dataDir` ours: creates it and writes our process into its lock file. Returns its real path and a function that
 * lets it go. Throws a StartupError when it cannot be written or another living process holds it.
 */
export async function holdDataDir(dataDir: string): Promise<{ path: string; release: () => Promise<void> }> {
  try {
    // PostgreSQL's own user has to pass through it, whatever our umask is.
    if (await makeFolder(dataDir)) await chmod(dataDir, 0o755);
    const path = await realpath(dataDir);
    const lock = join(path, 'gridcall.pid');
    const draft = join(path, `gridcall.pid-${randomBytes(4).toString('hex')}`);
    await writeFile(draft, JSON.stringify(markOf(process.pid)));
    try {
      // A link appears with its whole content or not at all: nobody reads a half-written lock.
      while (!(await linked(draft, lock))) await discardStale(lock, path);
    } finally {
      await rm(draft, { force: true });
    }
    return { path, release: () => rm(lock, { force: true }) };
  } catch (error) {
    throw cannotWrite(resolve(dataDir), error);
  }
}

/**
 * Makes `path` and the folders above it that are missing; whether it was missing itself. Node's own recursive mkdir never
 * ends where a folder that exists lets nothing be made in it and says ENOENT, as /proc does.
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return false;
    const parent = dirname(resolve(path));
    if (code !== 'ENOENT' || (await stat(parent).catch(() => null))) throw error;
    await makeFolder(parent);
    return makeFolder(path);
  }
}

async function linked(draft: string, lock: string): Promise<boolean> {
  try {
    await link(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function discardStale(lock: string, path: string): Promise<void> {
  const text = await readFile(lock, 'utf8').catch(() => null);
  if (text === null) return;
  const holder = readMark(text);
  if (holder && markOf(holder.pid)?.started === holder.started)
    throw new StartupError(`data directory ${path} is in use by another gridcall, process ${holder.pid}`);
  // Moved aside before it is judged again: another starter may have put its own lock there since.
  const aside = `${lock}-stale-${randomBytes(4).toString('hex')}`;
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  if ((await readFile(aside, 'utf8')) !== text) await linked(aside, lock);
  await rm(aside, { force: true });
}

/** The password of the embedded database, made on first use and kept where only our user can read it. */
export async function readPassword(dataDir: string, clusterExists: boolean): Promise<string> {
  const file = join(dataDir, 'postgres.password');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new StartupError(`${file} cannot be read (${code})`, { cause: error });
  }
  if (clusterExists) throw new StartupError(`${file} is missing: without it the database beside it cannot be opened`);
  const password = randomBytes(24).toString('base64url');
  await writeFile(`${file}.new`, password, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return password;
}

/**
 * Where PostgreSQL keeps its files, and as whom: `<data dir>/postgres`, as ourselves; when we are root, whom it refuses,
 * as the user that already owns the folder or as nobody. A folder that such a user cannot reach (a data directory under
 * a closed home) becomes a link to one below /var/lib/gridcall.
 */
export async function placeFor(dataDir: string): Promise<{ place: string; owner: Owner }> {
  const wanted = join(dataDir, 'postgres');
  if (process.getuid?.() !== 0) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    return { place: await realpath(wanted), owner: null };
  }
  const found = await stat(wanted).catch(() => null);
  const owner = found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : await nobody();
  if (!found) {
    // A link that leads nowhere any more is made anew.
    await rm(wanted, { force: true });
    if (await reaches(owner, dataDir)) await mkdir(wanted, { mode: 0o700 });
    else {
      const elsewhere = await makeElsewhere();
      await symlink(elsewhere, wanted);
    }
  }
  const place = await realpath(wanted);
  await chown(place, owner.uid, owner.gid);
  return { place, owner };
}

/** Removing the data directory leaves this folder without a use: the name is drawn anew for every data directory. */
async function makeElsewhere(): Promise<string> {
  const parent = '/var/lib/gridcall';
  try {
    await mkdir(parent, { recursive: true });
    await chmod(parent, 0o711);
    return await mkdtemp(join(parent, 'postgres-'));
  } catch (error) {
    throw cannotWrite(parent, error);
  }
}

/** Whether `owner` may pass through every folder down to `path`, by the permission bits. */
export async function reaches({ uid, gid }: NonNullable<Owner>, path: string): Promise<boolean> {
  for (let folder = resolve(await realpath(path)); ; folder = dirname(folder)) {
    const { uid: ownerUid, gid: ownerGid, mode } = await stat(folder);
    const bit = ownerUid === uid ? 0o100 : ownerGid === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function nobody(): Promise<NonNullable<Owner>> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, , uid, gid] =
    users
      .split('\n')
      .find((line) => line.startsWith('nobody:'))
      ?.split(':') ?? [];
  if (!uid || !gid)
    throw new StartupError('PostgreSQL does not run as root and there is no user nobody: start as another user');
  return { uid: Number(uid), gid: Number(gid) };
}

function readMark(text: string): ProcessMark | null {
  try {
    return JSON.parse(text) as ProcessMark;
  } catch {
    return null;
  }
}

function cannotWrite(folder: string, error: unknown): unknown {
  if (error instanceof StartupError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new StartupError(`data directory ${folder} cannot be written (${code})`, { cause: error });
}
