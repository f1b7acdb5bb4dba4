import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';

/**
 * The programs that tests run against: found, else installed, else an error that says what to install. Nothing is
 * skipped. Safe to call from several processes at once, and quick when everything is there.
 */

const run = promisify(execFile);
const KAFKA_VERSION = '4.1.0';
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/highwater');

/** Path of a Chromium that playwright can drive. */
export async function findChromium(): Promise<string> {
  const found = await findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (found !== null) return found;
  const { chromium } = await import('playwright');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  if (await installPackages('chromium')) return programOr('chromium', 'install Chromium');
  await run('npx', ['playwright', 'install', 'chromium']).catch((cause: unknown) => {
    throw new Error(
      'tests need Chromium: install it (Debian: apt-get install chromium), or npx playwright install chromium',
      { cause },
    );
  });
  return chromium.executablePath();
}

export async function findMosquitto(): Promise<string> {
  const find = () =>
    findProgram('mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto');
  const found = await find();
  if (found !== null) return found;
  await installPackages('mosquitto');
  return (await find()) ?? missing('the MQTT broker mosquitto', 'apt-get install mosquitto, or brew install mosquitto');
}

/** mosquitto's own publisher, for what a user would do in a shell. */
export async function findMosquittoPub(): Promise<string> {
  const found = await findProgram('mosquitto_pub');
  if (found !== null) return found;
  await installPackages('mosquitto-clients');
  return programOr('mosquitto_pub', 'apt-get install mosquitto-clients, or brew install mosquitto');
}

/** What checks the units of services. */
export async function findSystemdAnalyze(): Promise<string> {
  const found = await findProgram('systemd-analyze');
  if (found !== null) return found;
  await installPackages('systemd');
  return programOr('systemd-analyze', 'apt-get install systemd');
}

/** A Python that can import the packages, each as `name==version`: in an environment of its own. */
export async function findPython(...packages: readonly string[]): Promise<string> {
  const environment = join(CACHE, `python-${packages.join('-').replaceAll('==', '-')}`);
  const python = join(environment, 'bin/python');
  if (existsSync(python)) return python;
  const base = (await findProgram('python3')) ?? ((await installPackages('python3')) ? 'python3' : null);
  if (base === null) return missing('Python 3', 'apt-get install python3 python3-venv');
  const hasVenv = await run(base, ['-c', 'import ensurepip, venv']).then(
    () => true,
    () => false,
  );
  if (!hasVenv && !(await installPackages('python3-venv')))
    missing("Python's venv module", 'apt-get install python3-venv');
  await mkdir(CACHE, { recursive: true });
  // Made aside and renamed: another process sees a whole environment or none. Its interpreter works from any path.
  const making = `${environment}-${process.pid}`;
  try {
    await run(base, ['-m', 'venv', making]);
    await run(join(making, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages]);
    await rename(making, environment).catch(async (error: unknown) => {
      if (!existsSync(python)) throw error;
    });
    return python;
  } catch (cause) {
    throw new Error(`tests need Python with ${packages.join(', ')}, which pip could not install`, { cause });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** Java, and a folder of all jars of a Kafka broker (54 MB, from Maven Central). */
export async function findKafka(): Promise<{ readonly java: string; readonly jars: string }> {
  const jars = join(CACHE, `kafka-${KAFKA_VERSION}`);
  const java = await findJava();
  if (!existsSync(jars)) await fetchJars(jars);
  return { java, jars };
}

async function findJava(): Promise<string> {
  const found = await findProgram(...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin/java')] : []), 'java');
  const java = found ?? ((await installPackages('openjdk-17-jre-headless')) ? await findProgram('java') : null);
  if (java === null) return missing('Java 17 or newer, for Kafka', 'apt-get install openjdk-17-jre-headless');
  const { stderr } = await run(java, ['-version']);
  const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
  return version >= 17
    ? java
    : missing(`Java 17 or newer, for Kafka (found ${version})`, 'apt-get install openjdk-17-jre-headless');
}

/** Fetches into a folder of its own and renames it: another process sees all of the jars or none. */
async function fetchJars(jars: string): Promise<void> {
  const maven = (await findProgram('mvn')) ?? ((await installPackages('maven')) ? await findProgram('mvn') : null);
  if (maven === null) missing('Maven, which fetches the Kafka broker', 'apt-get install maven, or brew install maven');
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'fetching-'));
  try {
    await writeFile(join(folder, 'pom.xml'), pom());
    const output = join(folder, 'jars');
    await run(maven, [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      `-DoutputDirectory=${output}`,
    ]).catch((cause: unknown) => {
      throw new Error(
        `the Kafka broker's jars could not be fetched; they come from Maven Central by: mvn dependency:copy-dependencies of org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`,
        { cause },
      );
    });
    await rename(output, jars).catch(async (error: unknown) => {
      const theOtherWon = existsSync(jars) && (await readdir(jars)).length > 0;
      if (!theOtherWon) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pom(): string {
  const dependency = (group: string, name: string, version: string) =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>highwater.tests</groupId><artifactId>kafka-broker</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
    ${dependency('org.apache.kafka', 'kafka-tools', KAFKA_VERSION)}
    ${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;
}

/** The first of these names or paths that can be run, as a path; null when none can. */
async function findProgram(...names: readonly string[]): Promise<string | null> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const name of names)
    for (const path of name.includes('/') ? [name] : folders.map((folder) => join(folder, name)))
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path;
  return null;
}

async function programOr(name: string, advice: string): Promise<string> {
  return (await findProgram(name)) ?? missing(name, advice);
}

let packageLists: Promise<unknown> | null = null;

/** Debian and its relatives, as root: installs by apt. False elsewhere. */
async function installPackages(...packages: readonly string[]): Promise<boolean> {
  if (process.getuid?.() !== 0 || (await findProgram('apt-get')) === null) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    run('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...args], { env, maxBuffer: 64 * 1024 * 1024 });
  try {
    packageLists ??= apt('update');
    await packageLists;
    await apt('install', '-y', '--no-install-recommends', ...packages);
  } catch (cause) {
    throw new Error(`tests need ${packages.join(', ')}, and apt-get could not install it`, { cause });
  }
  return true;
}

function missing(what: string, advice: string): never {
  throw new Error(`tests need ${what}, which was not found: ${advice}`);
}
