import { HighwaterError } from '../../../contract/errors.ts';

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

/**
 * User and password are percent-encoded where they hold `/`, `@` or `%`; `env:NAME` stands for a variable of `env`.
 * Expects what `parseSourceUrl` let through; throws `config_invalid` on a variable there is not.
 */
export function mqttAddress(url: string, env: Readonly<Record<string, string | undefined>>): MqttAddress {
  const [, scheme, user, host = '', port] = /^(mqtts?):\/\/(?:([^/@]*)@)?(\[[^\]]+\]|[^:/]+):(\d+)$/.exec(url) ?? [];
  const [, name, password] = /^((?:env:)?[^:]*)(?::(.*))?$/s.exec(user ?? '') ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    tls: scheme === 'mqtts',
    username: user === undefined ? null : secret(name ?? '', env),
    password: password === undefined ? null : secret(password, env),
    name: `${host}:${port}`,
  };
}

function secret(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const [, name] = /^env:(.*)$/.exec(text) ?? [];
  if (name === undefined) return decodeURIComponent(text);
  const value = env[name];
  if (value !== undefined) return value;
  throw new HighwaterError(
    'config_invalid',
    `source: found env:${name}, expected an environment variable of this name`,
    `set ${name} before the relay is started`,
  );
}
