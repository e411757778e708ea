import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Machine, type Need, planFor } from './needs.ts';

/** Run before the tests: what they need besides npm is there afterwards, or it is said what to install. */

const NEEDS: readonly Need[] = [
  { commands: ['redis-server'], package: 'redis-server' },
  {
    commands: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'],
    package: 'chromium-headless-shell',
  },
  { commands: ['promtool'], package: 'prometheus' },
];

const machine: Machine = {
  nodeMajor: Number.parseInt(process.versions.node, 10),
  path: process.env.PATH ?? '',
  isFile: existsSync,
  installsWithApt: process.getuid?.() === 0 && existsSync('/etc/debian_version'),
};

let plan = planFor(NEEDS, machine);
if (plan.install.length > 0) {
  console.error(`The tests need ${plan.install.join(' and ')}: installing with apt-get.`);
  apt('update', '-q');
  apt('install', '-qy', '--no-install-recommends', ...plan.install);
  plan = planFor(NEEDS, { ...machine, installsWithApt: false });
}
for (const line of plan.complaints) console.error(line);
process.exitCode = plan.complaints.length === 0 ? 0 : 1;

function apt(...args: readonly string[]): void {
  // The last two keep Debian from starting the service that it installs, without and with systemd.
  const quiet = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1', SYSTEMD_OFFLINE: '1' };
  const env = { ...process.env, ...quiet };
  const { error } = spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  if (error) console.error(`apt-get ${args[0]}: ${error.message}`);
}
