import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { type RefusalCode, refuse } from '../domain/refusal.ts';
import { problemOf } from './problem.ts';

/** What Node could not read a request for. */
const codes: Readonly<Record<string, RefusalCode>> = {
  HPE_INVALID_URL: 'address-malformed',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
};

/** Answers what is no HTTP request, and so never becomes one for the routes: a problem document like any other, and the end. */
export function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const sent: unknown = error.rawPacket; // its type says an object, Node gives a buffer
    const text = Buffer.isBuffer(sent) ? sent.toString('latin1') : '';
    const language = /^accept-language:[ \t]*([^\r\n]*)/im.exec(text)?.[1];
    const about = { id: randomUUID(), url: '/', headers: { 'accept-language': language } };
    const problem = problemOf(refuse(codes[error.code] ?? 'malformed'), about);
    const body = JSON.stringify(problem);
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      'content-type: application/problem+json',
      `content-length: ${Buffer.byteLength(body)}`,
      'x-content-type-options: nosniff',
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroySoon();
}
