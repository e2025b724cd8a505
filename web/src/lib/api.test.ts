import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, ApiError, call, errorFrom, useCsrf, whenSignedOut } from './api';

const asked: { path: string; options: RequestInit }[] = [];

function answerWith(make: () => Response | Promise<Response>) {
  vi.stubGlobal('fetch', async (path: string, options: RequestInit) => {
    asked.push({ path, options });
    return make();
  });
}

const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);

beforeEach(() => {
  asked.length = 0;
  useCsrf('');
  whenSignedOut(() => {});
});
afterEach(() => vi.unstubAllGlobals());

describe('an answer that is no success', () => {
  it('says what happened and what to do', async () => {
    const error = await errorFrom(json({ error: 'No room.', remedy: 'Delete something.' }, { status: 507 }));
    expect(error).toMatchObject({ status: 507, error: 'No room.', remedy: 'Delete something.' });
  });

  it.each(['<html>Bad gateway</html>', '', '[1]', '"text"', 'null', '{"error": 7}'])('may hold anything: %s', async (body) => {
    const error = await errorFrom(new Response(body, { status: 502 }));
    expect(error).toMatchObject({ status: 502, error: '', remedy: '' });
    expect(error.isPassing).toBe(true);
  });

  it('says when to come back', async () => {
    expect((await errorFrom(json({}, { status: 503, headers: { 'Retry-After': '30' } }))).retryAfterS).toBe(30);
    expect((await errorFrom(json({}, { status: 503, headers: { 'Retry-After': 'soon' } }))).retryAfterS).toBeNull();
  });
});

describe('a request', () => {
  it('that never arrived is told apart from one that was refused', async () => {
    answerWith(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.box()).rejects.toMatchObject({ status: 0, isPassing: true });
    answerWith(() => json({ error: 'No.' }, { status: 403 }));
    await expect(api.box()).rejects.toMatchObject({ status: 403, isPassing: false });
  });

  it('whose answer broke off counts as never arrived', async () => {
    answerWith(() => new Response('{"name": "Ri', { status: 200 }));
    await expect(api.box()).rejects.toBeInstanceOf(ApiError);
  });

  it('carries the page token when it changes something, and only then', async () => {
    useCsrf('token');
    answerWith(() => json({ ok: true }));
    await api.box();
    await api.retry('item');
    expect(asked.map(({ options }) => (options.headers as Record<string, string>)['X-Rinkreel-CSRF'])).toEqual([undefined, 'token']);
  });

  it('of somebody unknown is told to the session, but not a wrong password', async () => {
    let told = 0;
    whenSignedOut(() => (told += 1));
    answerWith(() => json({ error: 'Nobody is signed in.' }, { status: 401 }));
    await expect(api.signIn('a', 'b')).rejects.toMatchObject({ status: 401 });
    expect(told).toBe(0);
    await expect(api.box()).rejects.toMatchObject({ status: 401 });
    expect(told).toBe(1);
  });

  it('that its caller ended is no error of the box', async () => {
    const ended = new AbortController();
    answerWith(() => {
      ended.abort();
      return Promise.reject(new DOMException('ended', 'AbortError'));
    });
    await expect(call('/api/box', { signal: ended.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('names what it asks for in one way, whatever the name', async () => {
    answerWith(() => json({}));
    await api.receipt('a/b?c', 10, 20);
    await api.jobs(null, 5);
    expect(asked.map(({ path }) => path)).toEqual(['/api/jobs/a%2Fb%3Fc/receipt?offset=10&limit=20', '/api/jobs?limit=5']);
  });
});
