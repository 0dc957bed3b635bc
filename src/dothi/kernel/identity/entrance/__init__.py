"""The way in: sign-in pages and second factors, allauth's views with the forms and words of the house."""
