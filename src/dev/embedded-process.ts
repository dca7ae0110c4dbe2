import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { StartupError } from '../config.ts';

/** Another user than ours, to run a program as; null where it runs as the user that we are. */
export type Owner = Readonly<{ uid: number; gid: number }> | null;

/** A process as the system knows it: its number is used again some day, its number with its start is not. */
export type ProcessMark = Readonly<{ pid: number; started: string }>;

/**
 * Starts `program` as `owner`, in a session of its own so that a Ctrl-C in our terminal is not meant for it. Where
 * util-linux's setpriv is found, the kernel sends it `signal` when this process dies, however it dies.
 */
export function launch(program: string, args: string[], owner: Owner, signal: 'INT' | 'KILL', options: SpawnOptions) {
  const wrapper = [
    ...(owner ? ['--reuid', `${owner.uid}`, '--regid', `${owner.gid}`, '--clear-groups'] : []),
    '--pdeathsig',
    signal,
  ];
  const detached = process.platform !== 'win32';
  if (process.platform === 'linux' && spawnSync('setpriv', [...wrapper, '--', 'true']).status === 0)
    return spawn('setpriv', [...wrapper, '--', program, ...args], { ...options, detached });
  return spawn(program, args, { ...options, ...owner, detached });
}

/** The mark of the living process `pid`, or null when there is none. */
export function markOf(pid: number): ProcessMark | null {
  if (!alive(pid)) return null;
  try {
    // The name in the second field may hold spaces and brackets; what follows it does not. Field 22 is the start.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return { pid, started: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '' };
  } catch {
    return { pid, started: '' };
  }
}

/**
 * Ends the postmaster that an earlier process left in `cluster`, and takes away a postmaster.pid whose number now
 * belongs to some other program. Only to be called by the holder of the data directory. Returns the ended pid, or null.
 */
export async function stopLeftover(cluster: string): Promise<number | null> {
  const lock = `${cluster}/postmaster.pid`;
  const pid = Number.parseInt(await readFile(lock, 'utf8').catch(() => ''), 10);
  if (!(pid > 0) || !alive(pid)) return null;
  if (!runsIn(pid, cluster)) {
    await rm(lock, { force: true });
    return null;
  }
  // Fast shutdown first; the crash recovery that an immediate one costs is the lesser evil after a while.
  for (const [signal, seconds] of [['SIGINT', 15] as const, ['SIGQUIT', 5] as const]) {
    tell(pid, signal);
    for (let tries = 0; tries < seconds * 50 && alive(pid); tries++) await wait(20);
    if (!alive(pid)) return pid;
  }
  throw new StartupError(`PostgreSQL process ${pid} still runs in ${cluster} and does not stop`);
}

/** Ends a server that we started: fast shutdown, then an immediate one. Resolves when the process is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const impatient = setTimeout(() => child.kill('SIGQUIT'), 15_000);
  await gone;
  clearTimeout(impatient);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

/** A dead process that nobody has asked about yet, as in a container whose first process does not reap. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function runsIn(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', `${pid}`]);
    return stdout?.includes(cluster) ?? false;
  }
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
