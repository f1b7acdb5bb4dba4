/** Where a broker is and who asks, read from `mqtt[s]://[user[:password]@]host:port`. */
export interface MqttAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** `host:port`, for messages: no user, no password. */
  readonly name: string;
}

/** User and password are percent-encoded where they hold `/`, `@` or `:`. Expects what `parseSourceUrl` let through. */
export function mqttAddress(url: string): MqttAddress {
  const [, scheme, user, host = '', port] = /^(mqtts?):\/\/(?:([^/@]*)@)?(\[[^\]]+\]|[^:/]+):(\d+)$/.exec(url) ?? [];
  const [username, ...password] = user?.split(':') ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    tls: scheme === 'mqtts',
    username: username === undefined ? null : decodeURIComponent(username),
    password: password.length === 0 ? null : decodeURIComponent(password.join(':')),
    name: `${host}:${port}`,
  };
}
