"""Django settings of sign-in, taken over whole by ``dothi.serve.django_settings``. Imports nothing of Django.

No self-registration, no mail server: people come in through one-time links that an administrator hands over.
"""

from __future__ import annotations

from typing import Any

LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_COOKIE_AGE = 12 * 3600  # a working day; a stolen cookie is not good for weeks
SESSION_SAVE_EVERY_REQUEST = False
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Memory-hard, in the standard library; parameters are Django's (N=2^14, r=8, p=5: OWASP's minimum).
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation."
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": _VALIDATION + "MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {
        "NAME": _VALIDATION + "UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": _VALIDATION + "CommonPasswordValidator"},
    {"NAME": _VALIDATION + "NumericPasswordValidator"},
]

# Rate limits count in the cache: it must be one for all processes and outlive a restart.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

ACCOUNT_ADAPTER = "dothi.kernel.identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGOUT_REDIRECT_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_FORMS = {
    "login": "dothi.kernel.identity.entrance.forms.SignInForm",
    "reauthenticate": "dothi.kernel.identity.entrance.forms.ConfirmPasswordForm",
    "change_password": "dothi.kernel.identity.entrance.forms.ChangePasswordForm",
}
# Failures only: a success gives its count back. One address may be a whole office behind one router.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "30/5m/ip,5/5m/key",
    "hotline_report": "30/h/ip",
    "hotline_report_key": "600/h/key",
    "report_photo": "60/h/ip",
    "dossier": "120/h/ip",
    "ticket": "600/h/ip",
    "one_time_code": "20/h/ip",
    "one_time_code_try": "60/h/ip",
}

MFA_ADAPTER = "dothi.kernel.identity.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "dothi"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "dothi.kernel.identity.entrance.forms.CodeForm",
    "reauthenticate": "dothi.kernel.identity.entrance.forms.ConfirmCodeForm",
    "activate_totp": "dothi.kernel.identity.entrance.forms.ActivateAppForm",
    "login_webauthn": "dothi.kernel.identity.entrance.forms.PasskeySignInForm",
    "authenticate_webauthn": "dothi.kernel.identity.entrance.forms.PasskeyStepForm",
    "add_webauthn": "dothi.kernel.identity.entrance.forms.AddPasskeyForm",
    "edit_webauthn": "dothi.kernel.identity.entrance.forms.RenamePasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
