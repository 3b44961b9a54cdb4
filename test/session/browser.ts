/** Keeps cookies like a browser; its tabs share them. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** The last `Set-Cookie`. */
  setCookie: string | null = null;

  constructor(private readonly url: string) {}

  /** With a body, sends a POST. */
  async visit(path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(this.url + path, {
      headers: { ...(cookie !== '' && { cookie }), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    this.setCookie = response.headers.get('set-cookie');
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return { status: response.status, body: await response.json() };
  }

  /** Replaces the cookie, as if another server had answered under the same name. */
  at(url: string): Browser {
    const browser = new Browser(url);
    for (const [name, value] of this.cookies) browser.cookies.set(name, value);
    return browser;
  }

  private keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const expires = /expires=([^;]+)/i.exec(line)?.[1];
    if (value === '' || (expires && new Date(expires) <= new Date())) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
