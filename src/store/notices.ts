import pg from 'pg';

/** What the database may call out to every process. `city`: something configured changed. `facts`: facts were committed. `surge`: what requests may meet changed. */
export const noticeChannels = ['city', 'facts', 'queue', 'drill', 'surge'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

/** The one connection of this process that hears the database's notices. */
export type Listening = Readonly<{
  /** Calls `heard` with each notice's payload; also once with '' after every (re)connection, since notices may have been missed. */
  on(channel: NoticeChannel, heard: (payload: string) => void): () => void;
  ready(): Promise<void>;
  close(): Promise<void>;
}>;

/** Listens for good: a lost connection is opened again, at first at once, then every second. */
export function listening(
  databaseUrl: string,
  log: Readonly<{ warn(what: object, message: string): void }>,
): Listening {
  const heard = new Map<NoticeChannel, Set<(payload: string) => void>>(noticeChannels.map((c) => [c, new Set()]));
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let opened = false;
  let open: () => void = () => {};
  const ready = new Promise<void>((done) => {
    open = done;
  });

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'gridcall notices',
      keepAlive: true,
    });
    client = fresh;
    fresh.on('error', () => {});
    fresh.on('end', () => again());
    fresh.on('notification', ({ channel, payload }) => {
      for (const each of heard.get(channel as NoticeChannel) ?? []) each(payload ?? '');
    });
    await fresh.connect();
    for (const channel of noticeChannels) await fresh.query(`listen ${channel}`);
    if (opened) for (const all of heard.values()) for (const each of all) each('');
    opened = true;
    open();
  };
  const again = (): void => {
    if (closed) return;
    log.warn({}, 'the notice connection was lost');
    clearTimeout(timer);
    timer = setTimeout(() => {
      connecting = connect().catch(() => again());
    }, 1000);
  };
  let connecting = connect().catch(() => again());

  return {
    on(channel, each) {
      heard.get(channel)?.add(each);
      return () => heard.get(channel)?.delete(each);
    },
    ready: () => ready,
    async close() {
      closed = true;
      clearTimeout(timer);
      await connecting; // a connection that is cut while it opens leaves an error in the database's log
      await client?.end().catch(() => {});
    },
  };
}
