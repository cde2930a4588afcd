import net, { type AddressInfo } from 'node:net';

export interface CuttingProxy {
  /** The server, seen through the proxy. */
  readonly url: string;
  /** How many connections were cut. */
  cuts(): number;
  stop(): Promise<void>;
}

/**
 * A bad line to a server: the first connection on which so many bytes have gone towards the server
 * breaks, without a word to either side.
 */
export async function startCuttingProxy(
  serverUrl: string,
  afterBytes: number,
): Promise<CuttingProxy> {
  const port = Number(new URL(serverUrl).port);
  const sockets = new Set<net.Socket>();
  let cuts = 0;
  const proxy = net.createServer((client) => {
    const server = net.connect(port, 'localhost');
    let bytes = 0;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      // Broken connections are what this is about.
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => {
      bytes += chunk.length;
      if (cuts > 0 || bytes < afterBytes) return;
      cuts += 1;
      // What came so far still arrives.
      server.end();
      client.destroy();
    });
    // An end without a word goes on to the other side.
    server.once('close', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, resolve));
  return {
    url: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    cuts: () => cuts,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
