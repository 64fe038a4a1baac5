#!/usr/bin/env node
// Somebody at a browser: opens the address that it is given, answers what a provider asks, and notes down what that was.
//
// It is what BROWSER names, so that everything but the address comes with the environment: VISIT_PROFILE, the folder that
// makes two visits one person's; VISIT_USER and VISIT_PASSWORD; VISIT_CONSENTS, whether they agree when asked; VISIT_CODE,
// what they enter where a device's code is asked for; VISIT_UNTIL, how the text of the last page reads; VISIT_COUNT, a file
// that gets a line for each visit; and VISIT_DIARY, the file that tells how this one went.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const {
  VISIT_PROFILE, VISIT_USER, VISIT_PASSWORD, VISIT_CONSENTS, VISIT_CODE, VISIT_COUNT, VISIT_DIARY, VISIT_UNTIL,
  VISIT_CHROMIUM,
} = process.env;
appendFileSync(VISIT_COUNT, 'visit\n');
const consents = VISIT_CONSENTS === 'yes';
const until = new RegExp(VISIT_UNTIL);

// What providers ask, how it is known, and how to answer.
const prompts = [
  ['login', 'form:has(input[name=prompt][value=login])', async (form) => {
    await form.locator('input[name=login]').fill(VISIT_USER);
    await form.locator('input[name=password]').fill(VISIT_PASSWORD);
    await form.locator('button').first().click();
  }],
  ['login', '#kc-form-login', async (form) => {
    await form.locator('#username').fill(VISIT_USER);
    await form.locator('#password').fill(VISIT_PASSWORD);
    await form.locator('#kc-login').click();
  }],
  ['login', 'form.people', (form) => form.locator(`button[name=login][value="${VISIT_USER}"]`).click()],
  ['consent', 'form:has(input[name=prompt][value=consent])', (form) => form.locator('button').first().click()],
  ['consent', 'form[action*="/login-actions/consent"]', (form) => form.locator(consents ? '[name=accept]' : '[name=cancel]').click()],
  ['code', 'form[id="op.deviceInputForm"]', async (form) => {
    await form.locator('input[name=user_code]').fill(VISIT_CODE);
    await form.page().locator('button[form="op.deviceInputForm"]').click();
  }],
  ['code', '#kc-user-verify-device-user-code-form', async (form) => {
    await form.locator('[name=device_user_code]').fill(VISIT_CODE);
    await form.locator('[type=submit]').click();
  }],
  ['device', 'form[id="op.deviceConfirmForm"]', (form) => form.page().locator(consents ? 'button[autofocus]' : 'button[name=abort]').click()],
  ['code', 'form.typed[action="/device"]', async (form) => {
    await form.locator('[name=user_code]').fill(VISIT_CODE);
    await form.locator('button').click();
  }],
  ['device', 'form.choice[action="/device"]', (form) => form.locator(consents ? '[name=approve]' : '[name=deny]').click()],
  ['logout', 'form[id="op.logoutForm"]', (form) => form.page().locator('button[name=logout][value=yes]').click()],
  ['logout', 'form:has(#kc-logout)', (form) => form.locator('#kc-logout').click()],
  // The dashboard's own button.
  ['out', 'form[action$="/auth/logout"]', (form) => form.locator('button').click()],
];

const context = await chromium.launchPersistentContext(VISIT_PROFILE, {
  executablePath: VISIT_CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--no-proxy-server'],
});
// A person leaves the browser open between two visits; this one is closed, which would lose what lasts as long as it is open.
const jar = `${VISIT_PROFILE}.cookies.json`;
if (existsSync(jar)) await context.addCookies(JSON.parse(readFileSync(jar)));
const diary = { prompts: [], url: '', text: '' };
try {
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(process.argv[2]);
  const patience = Date.now() + 30_000;
  while (!until.test(diary.text) && diary.prompts.length < 8 && Date.now() < patience) {
    await page.waitForLoadState();
    diary.text = await page.locator('body').innerText().catch(() => '');
    diary.url = page.url().split('?')[0];
    if (until.test(diary.text)) break;
    for (const [name, selector, answer] of prompts) {
      const form = page.locator(selector).first();
      if (await form.count() === 0) continue;
      diary.prompts.push(name);
      await Promise.all([page.waitForNavigation(), answer(form)]);
      break;
    }
  }
} catch (error) {
  diary.error = String(error);
} finally {
  writeFileSync(jar, JSON.stringify(await context.cookies()));
  await context.close();
  writeFileSync(`${VISIT_DIARY}.part`, JSON.stringify(diary));
  renameSync(`${VISIT_DIARY}.part`, VISIT_DIARY);
}
