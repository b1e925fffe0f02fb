"""Addresses of the accounts slice."""

from django.urls import path

from .views import appoint, desk, people, setup, sign, token

urlpatterns = [
    path("", desk.home, name="home"),
    path("desk/", desk.Desk.as_view(), name="desk"),
    path("sign-in/", sign.SignIn.as_view(), name="sign-in"),
    path("sign-in/demo/", sign.DemoSignIn.as_view(), name="sign-in-demo"),
    path("sign-out/", sign.SignOut.as_view(), name="sign-out"),
    path("password/", sign.NewPassword.as_view(), name="password"),
    path("account/token/", token.TokenPage.as_view(), name="token"),
    path("setup/", setup.SetUp.as_view(), name="set-up"),
    path("users/", people.UserList.as_view(), name="users"),
    path("users/new/", people.UserNew.as_view(), name="user-new"),
    path("users/locked/", people.LockedList.as_view(), name="locked"),
    path("users/<int:pk>/", people.UserPage.as_view(), name="user"),
    path("users/<int:pk>/appoint/", appoint.Appoint.as_view(), name="appoint"),
    path("users/<int:pk>/password/", people.UserPassword.as_view(), name="user-password"),
    path("users/<int:pk>/enable/", people.UserActive.as_view(action="enable", active=True), name="user-enable"),
    path("users/<int:pk>/disable/", people.UserActive.as_view(action="disable", active=False), name="user-disable"),
    path("users/<int:pk>/unlock/", people.Unlock.as_view(action="unlock"), name="user-unlock"),
    path("appointments/", appoint.AppointmentList.as_view(), name="appointments"),
    path("appointments/<int:pk>/end/", appoint.EndAppointment.as_view(), name="appointment-end"),
]
